"""The course as instructors have it: its files, solutions, catalogues, references, hidden seeds and students."""
