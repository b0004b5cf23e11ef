"""Reading a query, the hybrid search, similar properties, saved searches."""
