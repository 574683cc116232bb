"""Bundles: zips for students with the labs and the part of this package that their notebooks use."""
