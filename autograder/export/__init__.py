"""Marks in the form of other systems."""
