"""The slash commands, by whom they are for."""
