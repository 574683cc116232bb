"""What is known and kept of submissions: result paths, the gradebook, manual grades, late penalties, fingerprints."""
