"""What is decided of a column, before it is written."""

from __future__ import annotations

from dataclasses import dataclass, field

from specdsl.importers.model import Form


@dataclass(frozen=True, slots=True)
class Drawn:
    """A type and what its values are drawn from. ``form``: the type where it is a struct or a list;
    ``within``: the bounds; ``comment``: the evidence. ``many``: about how many different values there are to
    draw without repetition, 0 where that cannot be."""

    type: str
    value: str = ""
    within: str = ""
    comment: str = ""
    form: Form | None = None
    many: int = 0
    members: tuple[tuple[str, str], ...] = field(default=())
