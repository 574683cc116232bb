"""What is known and kept of submissions: where results lie, marks by hand, the gradebook, fingerprints."""
