"""Files that only a bundle for students has: its README and its command line."""
