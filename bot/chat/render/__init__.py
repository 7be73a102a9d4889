"""How everything looks in Discord."""
