"""The types of the schema, one module for each noun. What a side may see of them, `hub.authz.disclosure` says."""
