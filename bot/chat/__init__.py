"""Digests on their way to where people read them."""
