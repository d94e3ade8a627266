"""Readers of other people's files: pure, streaming, without a database."""
