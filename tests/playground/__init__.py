"""The real bot in a page on this machine: every command can be typed, and nothing leaves it."""
