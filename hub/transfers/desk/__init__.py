"""The acts: one straight line each, from a signed statement to what is stored, and the reads beside them."""
