"""The class report: marks, what cost the class most, time, who needs attention, cells that are nearly the same."""
