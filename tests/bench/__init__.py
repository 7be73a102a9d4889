"""Speed and memory as a table: ratios against a named baseline in the same run."""
