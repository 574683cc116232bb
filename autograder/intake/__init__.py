"""From what was handed in to a notebook that can be graded: find it, read it, match its cells, repair it."""
