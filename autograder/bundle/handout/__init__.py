"""What only a bundle for students holds: its README and its command line."""
