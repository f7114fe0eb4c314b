"""unionhub: the hub itself."""
