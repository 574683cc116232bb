"""Files as every room needs them: written whole, tables, a cache, and files fetched over the network."""
