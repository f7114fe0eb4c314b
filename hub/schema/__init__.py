"""GraphQL and nothing else: documents, limits, lists, scalars, types and the endpoint."""
