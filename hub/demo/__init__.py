"""`make demo`: a hub of its own, the scenarios' unions, and one member who moves."""
