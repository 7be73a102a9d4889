"""Words of one language in the other, for the gloss."""
