"""Plays a data set's past again through the real functions, step by step."""
