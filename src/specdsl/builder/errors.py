"""Mistakes in the Python code that builds a spec, told where they are made."""

from __future__ import annotations

from specdsl.errors import UsageError


class BuilderError(UsageError):
    """A call of the builder that makes no sense: an unknown name, a name that is taken, shares that do not
    total. The traceback ends at the line to change."""
