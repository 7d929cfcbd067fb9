"""What is wrong with types that make JSON documents."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix


class JsonShape(Diagnostic):
    """A part of a ``variant``, ``tuple``, ``map`` or ``json { }`` that does not fit there; ``edit`` mends
    it where there is one way to."""

    code: ClassVar[str] = "DG347"
    name: ClassVar[str] = "json-shape"

    what: str
    why: str
    remedy: str
    edit: Edit | None = None

    def message(self) -> str:
        return f"{self.what} {self.why}"

    def help(self) -> str:
        return self.remedy

    def fix(self) -> Fix | None:
        return None if self.edit is None else Fix("Name the member that holds the alternative", (self.edit,))


class TooManyParts(Diagnostic):
    """A type that holds itself so often that a document of its depth has more parts than can be made."""

    code: ClassVar[str] = "DG349"
    name: ClassVar[str] = "too-many-parts"

    type: str
    depth: int
    limit: int

    def message(self) -> str:
        parts = f"more than {self.limit:_} parts"
        return f"`{self.type}` holds itself so often that {self.depth} levels have {parts}"

    def help(self) -> str:
        return (
            f"make it less deep, for example `type {self.type} depth {max(1, min(3, self.depth - 1))} = ...`"
        )


class EndlessType(Diagnostic):
    """A type that holds itself, and nothing in it can leave itself out."""

    code: ClassVar[str] = "DG348"
    name: ClassVar[str] = "endless-type"

    type: str
    depth: int

    def message(self) -> str:
        return (
            f"no value of `{self.type}` ever ends: every one holds another, deeper than {self.depth} levels"
        )

    def help(self) -> str:
        return (
            "let a level be the last one: make the field that holds it optional (`?`), the list or map "
            "`[0..3]`, or give the variant an alternative without it"
        )
