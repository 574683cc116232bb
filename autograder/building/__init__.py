"""From `notebooks/` to `source/`, `release/` and the references: what instructors and developers run."""
