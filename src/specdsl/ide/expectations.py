"""What kind of value a place asks for, as far as the tokens before it say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal

from specdsl.ide.calls import CallSite, call_at
from specdsl.ide.line_tokens import Tokens, path_before
from specdsl.syntax.tokens import kinds

_COMPARED: Final = kinds("EQUALS DIFFERS LESSTHAN MORETHAN AT_MOST AT_LEAST")
_COUNTED: Final = kinds("PLUS MINUS STAR SLASH FLOOR_DIVIDE MODULO")
_CONDITION: Final = kinds("IF AND OR NOT WHERE WHEN")
_PASSED: Final = kinds("VBAR THEN ELSE FAT_ARROW PERCENT")


@dataclass(frozen=True, slots=True)
class Expected:
    """``column``: a value of the column in ``names``; ``path``: one to compare with the path in ``names``;
    ``set``: a range or a list that the path or the type in ``names`` lies in; ``parameter``: an argument of
    ``call``; ``condition``: a bool; ``number``: an operand of arithmetic."""

    kind: Literal["any", "column", "path", "set", "parameter", "condition", "number", "count"] = "any"
    names: tuple[str, ...] = ()
    call: CallSite | None = None


ANYTHING: Final = Expected()


def expected_at(tokens: Tokens, column: str) -> Expected:
    """What the name at a place should give. ``column`` is what the statement is about,
    or the kind of part that has no name of its own."""
    before = tokens.before
    if before in _COMPARED:
        return Expected("path", path_before(tokens, tokens.index - 1))
    if before in _COUNTED or (before == "RANGE" and not column):
        return Expected("number")
    if before in _CONDITION:
        return Expected("condition")
    if before == "MATCH":
        return ANYTHING
    if before == "IN":
        return Expected("set", path_before(tokens, tokens.index - 1))
    if before in ("EACH", "SOFT_MAX"):
        return Expected("count")
    for at in tokens.back():
        kind = tokens.kind(at)
        if kind in ("THEN", "ELSE", "FAT_ARROW"):
            return _of_statement(tokens.at(at), column)
        if kind == "EQUAL":
            return Expected("column", (column,)) if column else ANYTHING
        if kind in ("WHERE", "WHEN", "IF"):
            return Expected("condition")
        if kind == "COLON" and tokens.enclosing_kind != "LPAR" and tokens.texts_check:
            return Expected("condition")
    return _of_statement(tokens, column)


def _of_statement(tokens: Tokens, column: str) -> Expected:
    """What is expected by whatever is around."""
    opener = tokens.enclosing
    for at in tokens.back():
        if tokens.kind(at) == "EQUAL":
            return Expected("column", (column,)) if column else ANYTHING
    match tokens.kind(opener):
        case "LPAR":
            call = call_at(tokens)
            if call is not None and call.start == getattr(tokens.token(opener - 1), "start", -1):
                return Expected("parameter", call=call)
            return expected_at(tokens.at(opener), column)
        case "LSQB" if tokens.kind(opener - 1) == "IN":
            return Expected("path", path_before(tokens, opener - 1))
        case "LSQB":
            return ANYTHING
        case "LBRACE" if tokens.block == "match":
            return expected_at(tokens.at(tokens.match_of(opener)), column)
        case _:
            return ANYTHING
