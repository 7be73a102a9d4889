"""Articles of both presses become stories, digests and answers."""
