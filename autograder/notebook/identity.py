"""What has to be in the identity cell: the rule of the notebook's own check, of collecting and of grading."""

from __future__ import annotations

MIN_ID_LENGTH = 5


def identity_problem(fields: dict[str, str]) -> str | None:
    """What is missing in the identity cell, or None."""
    first, second = fields.get("student_id_1", "").strip(), fields.get("student_id_2", "").strip()
    if len(first) < MIN_ID_LENGTH:
        return f"student_id_1 should have at least {MIN_ID_LENGTH} characters."
    if not fields.get("signature_1", "").strip():
        return "signature_1 is empty: type your name to sign the declaration."
    if second and len(second) < MIN_ID_LENGTH:
        return f"student_id_2 should have at least {MIN_ID_LENGTH} characters, or none if you work alone."
    if second and not fields.get("signature_2", "").strip():
        return "signature_2 is empty: the second student signs the declaration too."
    return None
