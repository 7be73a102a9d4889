"""Commands typed in a terminal, and how things look there."""
