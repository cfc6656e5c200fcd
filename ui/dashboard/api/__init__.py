"""The only way out: Matinee's HTTP API as the pages use it."""
