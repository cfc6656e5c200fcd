"""The HTTP manners that every function shares."""
