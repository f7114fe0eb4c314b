"""Every SQL statement of the hub stands here; nothing above it knows a table."""
