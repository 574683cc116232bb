"""What a notebook shows a student: checks, marks, figures."""
