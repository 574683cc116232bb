"""Feedback pages: marks, findings and what to look at next, then the student's own notebook, inert."""

from autograder.feedback.exporter import FeedbackExporter
from autograder.feedback.page import page_html, write_feedback

__all__ = ["FeedbackExporter", "page_html", "write_feedback"]
