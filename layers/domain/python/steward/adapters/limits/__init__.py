"""Where the buckets of limits are kept."""
