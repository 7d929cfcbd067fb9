"""Format specs of f-strings: Python's mini-language for numbers and text, strftime's for time.

Which specs a type takes:

===========================================  ===================================================
int                                          Python's, presentation types ``b d e E f F g G o x X %``
float, decimal                               Python's, presentation types ``e E f F g G %``; decimals
                                             round half away from zero
string, json, enum, bool, uuid, duration     fill, alignment, width and precision, on the plain text
date, time, timestamp                        strftime's directives (``%Y-%m-%d``); names are English
===========================================  ===================================================
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from specdsl.datatypes import types as t

_SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ])?(?P<z>z)?(?P<alternate>#)?(?P<zero>0)?"
    r"(?P<width>\d+)?(?P<grouping>[,_])?(?:\.(?P<precision>\d+))?(?P<type>.)?",
    re.DOTALL,
)
_LONGEST = 1000

DATE_DIRECTIVES = "YmdyjbBaAuwUWGVFe"
TIME_DIRECTIVES = "HIMSfpT"
ZONE_DIRECTIVES = "zZ"
UNPADDED = "mdHIMSj"
"""The directives that ``%-`` may stand before: no leading zeros."""


@dataclass(frozen=True, slots=True)
class FormatSpec:
    """A parsed spec of Python's mini-language; None and "" where nothing was said."""

    fill: str = ""
    align: str = ""
    sign: str = ""
    z: bool = False
    alternate: bool = False
    zero: bool = False
    width: int | None = None
    grouping: str = ""
    precision: int | None = None
    type: str = ""


def parse_spec(spec: str) -> FormatSpec | None:
    """The parts of ``spec``, None when it is not of the mini-language."""
    found = _SPEC.fullmatch(spec)
    if found is None:
        return None
    number = {k: None if found[k] is None else int(found[k]) for k in ("width", "precision")}
    return FormatSpec(
        fill=found["fill"] or "",
        align=found["align"] or "",
        sign=found["sign"] or "",
        z=bool(found["z"]),
        alternate=bool(found["alternate"]),
        zero=bool(found["zero"]),
        width=number["width"],
        grouping=found["grouping"] or "",
        precision=number["precision"],
        type=found["type"] or "",
    )


def split_directives(spec: str) -> list[tuple[str, str]]:
    """strftime's pattern as ("text", literal), ("directive", letter) and ("unpadded", letter)."""
    out: list[tuple[str, str]] = []
    at = 0
    while at < len(spec):
        if spec[at] != "%":
            end = spec.find("%", at)
            end = len(spec) if end < 0 else end
            out.append(("text", spec[at:end]))
            at = end
        elif spec[at : at + 2] == "%%":
            out.append(("text", "%"))
            at += 2
        elif spec[at : at + 2] == "%-":
            out.append(("unpadded", spec[at + 2 : at + 3]))
            at += 3
        else:
            out.append(("directive", spec[at + 1 : at + 2]))
            at += 2
    return out


def check_spec(dtype: t.DataType, spec: str) -> str | None:
    """What is wrong with ``spec`` for values of ``dtype``, as one sentence; None when nothing is."""
    if spec == "":
        return _check_plain(dtype)
    match dtype:
        case t.Unknown() | t.Null():
            return None
        case t.Int() | t.Float() | t.Decimal():
            return _check_number(dtype, spec)
        case t.String() | t.Json() | t.Enum() | t.Bool() | t.Uuid() | t.Duration():
            return _check_text(dtype, spec)
        case t.Date():
            return _check_directives(dtype, spec, DATE_DIRECTIVES)
        case t.Time():
            return _check_directives(dtype, spec, TIME_DIRECTIVES)
        case t.Timestamp():
            return _check_directives(dtype, spec, DATE_DIRECTIVES + TIME_DIRECTIVES + ZONE_DIRECTIVES)
        case _:
            return f"a {dtype} takes no format spec"


def _check_plain(dtype: t.DataType) -> str | None:
    return "a tuple has no text form" if isinstance(dtype, t.Tuple) else None


def _check_parsed(dtype: t.DataType, spec: str) -> tuple[FormatSpec | None, str | None]:
    parsed = parse_spec(spec)
    if parsed is None:
        return None, f"`{spec}` is not a format spec"
    if (parsed.width or 0) > _LONGEST:
        return None, f"a width of {parsed.width} is above the most, {_LONGEST}"
    if (parsed.precision or 0) > _LONGEST:
        return None, f"a precision of {parsed.precision} is above the most, {_LONGEST}"
    return parsed, None


def _check_number(dtype: t.DataType, spec: str) -> str | None:
    parsed, problem = _check_parsed(dtype, spec)
    if parsed is None:
        return problem
    known = "bdoxXeEfFgG%" if isinstance(dtype, t.Int) else "eEfFgG%"
    if parsed.type and parsed.type not in known:
        return f"`{parsed.type}` does not format a {dtype}: it takes {', '.join(known)}"
    whole = isinstance(dtype, t.Int) and parsed.type in ("", "b", "d", "o", "x", "X")
    if whole and parsed.precision is not None:
        return f"a precision (`.{parsed.precision}`) needs a presentation with a point, such as `f`"
    if whole and parsed.z:
        return "`z` is for presentations with a point, such as `f`"
    if parsed.grouping == "," and parsed.type in ("b", "o", "x", "X"):
        return f"`,` does not go with `{parsed.type}`; `_` does"
    return None


def _check_text(dtype: t.DataType, spec: str) -> str | None:
    parsed, problem = _check_parsed(dtype, spec)
    if parsed is None:
        return problem
    if parsed.type not in ("", "s"):
        return f"`{parsed.type}` does not format a {dtype}: it takes a width, an alignment and a precision"
    if parsed.sign or parsed.z or parsed.alternate or parsed.grouping:
        return f"signs, `z`, `#` and grouping are for numbers, not for a {dtype}"
    if parsed.align == "=" or (parsed.zero and not parsed.align):
        return f"padding after the sign is for numbers, not for a {dtype}"
    return None


def _check_directives(dtype: t.DataType, spec: str, known: str) -> str | None:
    parts = split_directives(spec)
    if all(kind == "text" for kind, _ in parts):
        return f"`{spec}` has no directive such as `%{known[0]}`: every row would print the same"
    for kind, letter in parts:
        if kind == "text":
            continue
        if letter == "":
            return "a `%` at the end; write `%%` for the sign itself"
        if letter not in known:
            listed = ", ".join(f"%{k}" for k in known)
            return f"`%{letter}` does not format a {dtype}: it takes {listed}"
        if kind == "unpadded" and letter not in UNPADDED:
            return f"`%-{letter}` has no padding to leave out"
    return None
