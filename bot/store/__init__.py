"""The store is the only conveyor: polling writes articles, grouping stories, digests editions, delivery messages."""
