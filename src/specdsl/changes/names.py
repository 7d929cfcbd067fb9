"""Names of the forms of change records. Nothing is imported: the command line asks."""

from __future__ import annotations

CHANGE_FORMS = ("plain",)
"""The first is the default (a test compares them with the registry)."""
