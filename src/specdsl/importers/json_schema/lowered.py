"""What a schema became: its form and what is certain about its values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from specdsl.importers.model import Form


@dataclass(slots=True)
class Lowered:
    """``kind`` is the type of every value; ``constants`` are all of them, where they are known;
    ``children`` by
    name are always present (objects); ``sizes`` are of arrays. ``nullable``: null occurs besides."""

    form: Form
    kind: str
    constants: list[Any] | None = None
    nullable: bool = False
    children: dict[str, Lowered] = field(default_factory=dict)
    sizes: tuple[int, int] = (0, 0)
    low: Any = None
    high: Any = None
    comments: tuple[str, ...] = ()
