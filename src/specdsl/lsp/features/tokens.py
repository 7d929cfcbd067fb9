"""The colours of a document: whole, of a range, and as the difference to what was told before.

Tokens are encoded section by section, and a section whose tokens are the same is not encoded again.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Final
from weakref import WeakKeyDictionary

import numpy as np
from lsprotocol import types

from specdsl.ide.tokens import Modifier, SemanticToken, TokenType, section_tokens
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.positions import Encoding, to_units
from specdsl.lsp.session import Session
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency
from specdsl.source import LineIndex

TYPES: Final = list(TokenType)
MODIFIERS: Final = list(Modifier)
_NUMBERS = {kind: number for number, kind in enumerate(TYPES)}
_BITS = {modifier: 1 << number for number, modifier in enumerate(MODIFIERS)}
_PATIENCE: Final = 25  # sections that are encoded anew before others may go first
_Numbers = np.ndarray[tuple[int], np.dtype[np.int64]]


@dataclass(frozen=True, slots=True)
class _Encoded:
    """A section's tokens as the protocol has them (n, 5), the first one's line counted from the section's
    start. ``lines``: the line ends of the section; ``last``: the line of its last token."""

    tokens: tuple[SemanticToken, ...]
    data: np.ndarray[tuple[int, int], np.dtype[np.int64]]
    lines: int
    last: int


@dataclass(slots=True)
class _Told:
    """What a client was told of a document."""

    result_id: str
    data: _Numbers


class _State:
    """What is kept for a session: sections by document and text, and what was told last."""

    def __init__(self) -> None:
        self.sections: dict[str, dict[str, _Encoded]] = {}
        self.told: dict[str, _Told] = {}
        self.numbers = itertools.count(1)


_states: WeakKeyDictionary[Session, _State] = WeakKeyDictionary()
Answer = types.SemanticTokens | types.SemanticTokensDelta


def full(view: View, params: types.SemanticTokensParams) -> Generator[None, None, types.SemanticTokens]:
    """All tokens of a document."""
    data = yield from _encode(view)
    return types.SemanticTokens(data.tolist(), result_id=_remember(view, data))


def delta(view: View, params: types.SemanticTokensDeltaParams) -> Generator[None, None, Answer]:
    """What has changed since the answer that the client names; all tokens where that is not known."""
    state = _states.setdefault(view.session, _State())
    before = state.told.get(view.path)
    data = yield from _encode(view)
    result_id = _remember(view, data)
    if before is None or before.result_id != params.previous_result_id:
        return types.SemanticTokens(data.tolist(), result_id=result_id)
    return types.SemanticTokensDelta(_difference(before.data, data), result_id=result_id)


def ranged(
    view: View, params: types.SemanticTokensRangeParams
) -> Generator[None, None, types.SemanticTokens]:
    """The tokens of the sections that a range touches."""
    start, end = view.offsets(params.range)
    data = yield from _encode(view, start, end)
    return types.SemanticTokens(data.tolist())


def _remember(view: View, data: _Numbers) -> str:
    state = _states.setdefault(view.session, _State())
    result_id = str(next(state.numbers))
    state.told[view.path] = _Told(result_id, data)
    return result_id


def _encode(view: View, start: int = 0, end: int | None = None) -> Generator[None, None, _Numbers]:
    """The tokens of a stretch of a document, five numbers each, one after the other."""
    state = _states.setdefault(view.session, _State())
    document = view.document
    whole = end is None
    first = document.section_at(start)
    last = len(document.sections) - 1 if end is None else document.section_at(max(end - 1, start))
    known = state.sections.get(view.path, {})
    fresh: dict[str, _Encoded] = {}
    parts = []
    line = document.lines.position(document.starts[first]).line if document.sections else 0
    behind = 0  # the line of the last token before the section at hand
    new = 0
    for number in range(first, last + 1):
        text = document.sections[number].text
        tokens = section_tokens(view.workspace, view.path, number)
        encoded = fresh.get(text) or known.get(text)
        if encoded is None or encoded.tokens is not tokens:
            encoded = _section(tokens, text, view.session.encoding)
            new += 1
            if new % _PATIENCE == 0:
                yield
        fresh[text] = encoded
        if len(encoded.data):
            data = encoded.data.copy()
            data[0, 0] += line - behind
            behind = line + encoded.last
            parts.append(data.ravel())
        line += encoded.lines
    state.sections[view.path] = fresh if whole else known | fresh
    return np.concatenate(parts) if parts else np.zeros(0, np.int64)


def _section(tokens: tuple[SemanticToken, ...], text: str, encoding: Encoding) -> _Encoded:
    lines = LineIndex(text)
    plain = text.isascii()
    rows: list[tuple[int, int, int, int, int]] = []
    line = column = 0
    seen = units = 0  # an offset in the line at hand, and its column: lines can be long, and tokens many
    for token in tokens:
        start, end = token.span.start, token.span.end
        at = lines.position(start)
        begin, length = at.column, end - start
        if not plain:
            if at.line != line:
                seen, units = start - at.column, 0
            units += _width(text[seen:start], encoding)
            seen, begin, length = start, units, _width(text[start:end], encoding)
        bits = sum(_BITS[modifier] for modifier in token.modifiers)
        rows.append(
            (
                at.line - line,
                begin - (column if at.line == line else 0),
                length,
                _NUMBERS[token.type],
                bits,
            )
        )
        line, column = at.line, begin
    data = np.array(rows, np.int64).reshape(-1, 5)
    return _Encoded(tokens, data, lines.line_count - 1, line)


def _width(text: str, encoding: Encoding) -> int:
    """How many units a text has."""
    return to_units(text, len(text), encoding)


def _difference(before: _Numbers, after: _Numbers) -> Sequence[types.SemanticTokensEdit]:
    """The one edit that makes ``after`` of ``before``; none where they are the same."""
    shorter = min(len(before), len(after))
    head = _alike(before[:shorter], after[:shorter])
    if head == len(before) == len(after):
        return []
    rest = shorter - head
    tail = _alike(before[::-1][:rest], after[::-1][:rest])
    return [
        types.SemanticTokensEdit(
            start=head,
            delete_count=len(before) - head - tail,
            data=after[head : len(after) - tail].tolist(),
        )
    ]


def _alike(one: _Numbers, other: _Numbers) -> int:
    """How many numbers are the same from the beginning."""
    different = np.flatnonzero(one != other)
    return int(different[0]) if len(different) else len(one)


def forget(session: Session, path: str) -> None:
    """Nothing is kept of a document that has been closed."""
    state = _states.get(session)
    if state is not None:
        state.sections.pop(path, None)
        state.told.pop(path, None)


def legend() -> types.SemanticTokensLegend:
    """The names of types and modifiers, in the order in which tokens number them."""
    return types.SemanticTokensLegend([t.value for t in TYPES], [m.value for m in MODIFIERS])


FEATURES = (
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL, full, Urgency.SHOWN, legend()),
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_FULL_DELTA, delta, Urgency.SHOWN, legend()),
    Feature(types.TEXT_DOCUMENT_SEMANTIC_TOKENS_RANGE, ranged, Urgency.SHOWN, legend()),
)
