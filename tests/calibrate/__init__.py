"""What is fitted to labelled weeks: the numbers the program carries, made anew by a command."""
