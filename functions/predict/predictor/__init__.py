"""Answers "what should this user watch?" over HTTP."""
