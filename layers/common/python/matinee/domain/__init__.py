"""The nouns of movie recommending, in the standard library only."""
