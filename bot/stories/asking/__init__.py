"""The language of queries: words, phrases, operators and dates as people type them."""
