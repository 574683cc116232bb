"""Feedback pages: marks, findings and what to look at next; below them the student's own notebook, inert."""

from autograder.feedback.exporter import FeedbackExporter
from autograder.feedback.page import page_html, write_feedback
from autograder.feedback.renewal import renew_pages

__all__ = ["FeedbackExporter", "page_html", "renew_pages", "write_feedback"]
