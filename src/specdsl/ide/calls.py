"""The call that a place is in, and which argument it is."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.ide.line_tokens import Tokens, is_name, written_name


@dataclass(frozen=True, slots=True)
class CallSite:
    """``index`` counts the arguments before the one at hand; ``parameter``: the name written before it, None
    where it goes by position. ``named``: the names of arguments before it. ``fresh``: nothing of the argument
    is written yet, so that a parameter's name may begin. ``start``: where the name begins in its section."""

    function: str
    index: int
    parameter: str | None
    named: tuple[str, ...]
    fresh: bool
    start: int


def call_at(tokens: Tokens) -> CallSite | None:
    """The innermost call that is open at a place; parentheses that only group are looked through."""
    at = tokens
    direct = True
    while (opener := at.enclosing) >= 0 and tokens.kind(opener) in ("LPAR", "LSQB"):
        name = tokens.token(opener - 1)
        if tokens.kind(opener) == "LPAR" and name is not None and _can_call(tokens, opener - 1):
            begins = opener - 1 == tokens.statement and tokens.block in ("table", "struct")
            return None if begins else _call(at, opener, direct)
        if tokens.kind(opener) == "LSQB":
            direct = False
        at = tokens.at(opener)
        direct = False
    return None


def _can_call(tokens: Tokens, index: int) -> bool:
    name = tokens.token(index)
    in_statement = index >= tokens.statement
    return name is not None and in_statement and (is_name(name) or name.kind == "DISTINCT")


def _call(at: Tokens, opener: int, direct: bool) -> CallSite:
    index = 0
    parameter: str | None = None
    named: list[str] = []
    in_first = True
    fresh = direct and at.before in ("LPAR", "COMMA")
    for place in at.back():
        kind = at.kind(place)
        if kind == "COMMA":
            index += 1
            in_first = False
        elif kind == "COLON":
            name = at.token(place - 1)
            named_so = name is not None and (is_name(name) or name.kind == "PER")
            if name is not None and named_so and at.kind(place - 2) in ("LPAR", "COMMA"):
                if in_first and parameter is None:
                    parameter = written_name(name)
                else:
                    named.append(written_name(name))
    function = at.token(opener - 1)
    return CallSite(
        "" if function is None else written_name(function),
        index,
        parameter,
        tuple(reversed(named)),
        fresh,
        0 if function is None else function.start,
    )
