"""What a token that cannot stand where it stands was probably meant to be."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import SourceFile, Span
from specdsl.syntax.grammar import Grammar
from specdsl.syntax.tokens import Token


@dataclass(frozen=True, slots=True)
class Situation:
    """The parser's view of an error: the token at ``index`` fits none of ``expected``."""

    source: SourceFile
    tokens: list[Token]
    partner: list[int]
    index: int
    expected: frozenset[str]
    grammar: Grammar
    values: list[Any]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnostic, and how to go on: take the token as another kind, skip some, or put one in first."""

    diagnostic: Diagnostic
    replace: str | None = None
    skip: int = 0
    insert: str | None = None


def diagnose(s: Situation) -> Diagnosis:
    token = s.tokens[s.index]
    return Diagnosis(
        errors.UnexpectedToken(
            span=Span(s.source.name, token.start, token.end),
            found=token.text or token.kind,
            context="here",
            expected=tuple(sorted(s.expected)),
        )
    )
