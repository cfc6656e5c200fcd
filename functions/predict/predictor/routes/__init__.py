"""Path functions: parse, call, shape."""
