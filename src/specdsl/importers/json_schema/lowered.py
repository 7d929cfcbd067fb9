"""What the schemas of one place became: its form and what is certain about its values."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from specdsl.importers.model import Form, Scalar


@dataclass(frozen=True, slots=True)
class Lowered:
    """``kind`` is the JSON type of every value ("mixed" where there are several); ``constants`` are all of
    the values, where they are known; null occurs besides where ``nullable``. ``needs``: the recursive types
    that every value has inside. ``size``: how many scalars the form draws, types that it names included.
    ``exact``: all that the schema allows may occur, ``comments`` say what does not."""

    form: Form
    kind: str
    constants: tuple[Any, ...] | None = None
    nullable: bool = False
    comments: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    size: int = 1
    alternatives: tuple[Lowered, ...] = ()
    exact: bool = True


ANY = Lowered(Scalar("json", "any_json()"), "mixed")
"""Any value."""
