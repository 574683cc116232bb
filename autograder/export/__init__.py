"""Exports marks in the format of other systems."""
