"""From a history to scores, lists and stars; arrays in, arrays out, nothing fetched."""
