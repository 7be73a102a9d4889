"""A question to the stories that answer it."""
