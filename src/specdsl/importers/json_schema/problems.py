"""Why a part of a schema is refused: raised where it is seen, caught where something else may be tried."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from specdsl.diagnostics.importing import (
    BranchNotProven,
    KeywordNotCarried,
    NotASchema,
    NothingSatisfies,
    PatternNotCarried,
    RecursiveSchema,
    ReferenceNotFound,
)
from specdsl.diagnostics.model import Diagnostic, Label
from specdsl.source import Span

_KINDS: dict[str, Callable[..., Diagnostic]] = {
    "reference": ReferenceNotFound,
    "keyword": KeywordNotCarried,
    "nothing": NothingSatisfies,
    "schema": NotASchema,
    "branch": BranchNotProven,
    "recursive": RecursiveSchema,
    "pattern": PatternNotCarried,
}


class Refused(Exception):
    """A schema that is not carried. ``kind`` chooses the diagnostic, ``facts`` are its own ones; ``related``:
    JSON Pointers of other clauses that have to do with it, and a few words about each."""

    def __init__(
        self, kind: str, pointer: str, cause: str, related: Sequence[tuple[str, str]] = (), **facts: str
    ) -> None:
        super().__init__(cause)
        self.kind = kind
        self.pointer = pointer
        self.cause = cause
        self.related = tuple(related)
        self.facts = facts

    def diagnostic(self, place: Callable[[str], Span]) -> Diagnostic:
        """The same as a diagnostic; ``place`` gives the span of a JSON Pointer."""
        facts: dict[str, object] = dict(self.facts)
        if self.kind == "nothing":
            facts["others"] = tuple((Label(place(at), text), at) for at, text in self.related)
        return _KINDS[self.kind](span=place(self.pointer), pointer=self.pointer, cause=self.cause, **facts)


def malformed(pointer: str, cause: str) -> Refused:
    """What is at ``pointer`` is not as JSON Schema has it."""
    return Refused("schema", pointer, cause)


def keyword(pointer: str, word: str, cause: str) -> Refused:
    """``word``, at ``pointer`` below its schema, cannot be carried."""
    return Refused("keyword", pointer, cause, keyword=word)
