"""Reads for the pages: each function says how many queries it makes, and none grows with what it reads."""
