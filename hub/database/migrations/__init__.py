"""Alembic: forward only, plain SQL."""
