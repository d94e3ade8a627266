"""Dates by language, where Django looks for them (FORMAT_MODULE_PATH)."""
