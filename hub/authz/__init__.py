"""Who calls, and who may see what."""
