"""What a cell of a notebook says without running it: its metadata, its marked regions, its code."""
