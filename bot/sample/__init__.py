"""Invented feeds for the demo, and the server that shows them as time goes by."""
