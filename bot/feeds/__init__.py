"""Feeds: from an address to clean entries, one step a file."""
