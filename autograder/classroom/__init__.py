"""The instructor's day around grading: handing out, collecting, marks for other systems, a look at the machine."""
