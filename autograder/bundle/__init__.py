"""A zip for students: the labs, and what of this package their notebooks use."""
