"""Collecting: from the downloads of a learning platform to the folder `submitted/`."""
