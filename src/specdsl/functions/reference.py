"""The reference of the catalogue as Markdown: ``python -m specdsl.functions.reference docs/functions.md``."""

from __future__ import annotations

import sys
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from specdsl.functions.entry import Form, Function, Parameter
from specdsl.functions.registry import FUNCTIONS
from specdsl.functions.wordlists import LOCALES

_FAMILIES: Final = {
    "distributions": "Distributions",
    "identity": "Identities",
    "identifiers": "Identifiers",
    "special": "Forms that look like calls",
    "aggregates": "Over the rows that refer here",
    "text": "Text",
    "people": "People",
    "places": "Places",
    "geometry": "Geometry",
    "commerce": "Commerce",
    "finance": "Finance",
    "codes": "Codes with check digits",
    "validators": "Whether a code is valid",
    "network": "Networks",
    "things": "Things",
    "foreign": "Other libraries",
    "strings": "Strings",
    "numbers": "Numbers",
    "dates": "Dates, times and durations",
    "calendar": "Dates on a grid and as text",
    "zones": "Time zones",
    "business_days": "Business days and holidays",
    "seasons": "Seasons, trends, times of day",
    "values": "Any value",
}

_MANY: Final = 80
"""Above this number of choices some are shown."""

_INTRODUCTION: Final = """\
# Functions

<!-- Written by `python -m specdsl.functions.reference docs/functions.md`: change the catalogue instead. -->

Arguments go by position or by name: `normal(38, 12)` is `normal(mean: 38, sd: 12)`. A parameter with `=`
has a default. A null argument makes the result null unless the entry says otherwise; `null` written where it
is the default is the same as leaving the argument out. Functions marked *draws* give another value in each
row and at each place where they are called; all others depend on their arguments only.

Functions marked *truncates* keep the bounds of a column (`age int in 18..90 = normal(38, 12)`) by drawing
from what lies between them: no draw is clipped, none is tried again. Functions marked *indexable* can make
a `unique` column.
"""


def render() -> str:
    """The whole reference."""
    parts = [_INTRODUCTION, _contents()]
    for family, functions in by_family(FUNCTIONS.values()).items():
        parts.append(f"## {title(family)}\n")
        parts.extend(map(_entry, functions))
    parts.append(_locales())
    return "\n".join(parts)


def title(family: str) -> str:
    """The heading of a family."""
    return _FAMILIES.get(family, family.capitalize())


def by_family(functions: Iterable[Function]) -> dict[str, list[Function]]:
    """Functions by family, in the order in which the families first come."""
    found: dict[str, list[Function]] = {}
    for function in functions:
        found.setdefault(function.family, []).append(function)
    return found


def _contents() -> str:
    lines = []
    for family, functions in by_family(FUNCTIONS.values()).items():
        links = " ".join(f"[{f.name}](#{f.name})" for f in functions)
        lines.append(f"- **{title(family)}**: {links}")
    return "\n".join(lines) + "\n"


def _entry(function: Function) -> str:
    lines = [f"### {function.name}", "", f"`{function.signature()}`{_marks(function)}", "", function.summary]
    if function.doc:
        lines[-1] += " " + function.doc
    lines.append("")
    if function.parameters:
        lines += [f"- `{p.name}`: {p.doc}{_limits(p)}" for p in function.parameters]
        lines.append("")
    lines.append("```")
    lines += [f"{e.code}{_note(e.note)}" for e in function.examples]
    lines += ["```", ""]
    return "\n".join(lines)


def _note(note: str) -> str:
    return f"    # {note}" if note else ""


def _marks(function: Function) -> str:
    marks = [
        name
        for name, holds in (
            ("draws", function.draws),
            ("truncates", function.truncates),
            ("indexable", function.at is not None or function.injective),
            ("after a reference, too", function.skew),
        )
        if holds
    ]
    return f" *{', '.join(marks)}*" if marks and function.form is not Form.AGGREGATE else ""


def _limits(parameter: Parameter) -> str:
    notes = limits(parameter)
    return f" ({'; '.join(notes)})" if notes else ""


def limits(parameter: Parameter) -> list[str]:
    """What a parameter's values must keep to, in words."""
    notes = [f"in {parameter.unit}"] if parameter.unit else []
    if parameter.minimum is not None:
        notes.append(f"{'above' if parameter.exclusive_minimum else 'at least'} {_number(parameter.minimum)}")
    if parameter.maximum is not None:
        notes.append(f"{'below' if parameter.exclusive_maximum else 'at most'} {_number(parameter.maximum)}")
    if parameter.choices:
        shown = [f"`{c}`" for c in parameter.choices]
        if len(shown) > _MANY:
            notes.append(f"one of {len(shown)}: {', '.join(shown[:3])} ... {shown[-1]}")
        else:
            notes.append(f"one of {', '.join(shown)}")
    if parameter.constant:
        notes.append("a constant")
    if parameter.variadic:
        notes.append("any number of them")
    return notes


def _number(value: float) -> str:
    return f"{int(value):,}" if value == int(value) and abs(value) < 1e16 else f"{value:g}"


def _locales() -> str:
    return (
        "## Locales\n\nNames, places and words follow the dataset's `locale`. The locales are "
        + ", ".join(f"`{name}`" for name in LOCALES)
        + ". The language alone means the country that stands for it: `de` is `de_DE`, `en` is `en_US`. "
        "What a locale has no list for comes from its language, then from English.\n"
    )


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(render(), encoding="utf-8")
