"""Jianbao (简报, "briefing"): a China-tech digest that makes one story of English and Chinese coverage."""
