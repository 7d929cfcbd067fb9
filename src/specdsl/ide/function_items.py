"""Functions as items: calls with placeholders, and their documentation."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from functools import cache

from specdsl.datatypes import types as t
from specdsl.functions.entry import REQUIRED, Form, Function, Parameter
from specdsl.functions.registry import FUNCTIONS
from specdsl.ide.items import Item, ItemKind, escaped

_PLAIN_VALUE = re.compile(r'(?<![\w.])(-?\d[\d_]*(?:\.\d+)?(?:us|ms|s|m|h|d|w|%)?|"[^"\\]*")(?![\w.])')
_MOST_CHOICES = 40
_OF_CHILDREN = {
    "count": "count(${1:table})",
    **{name: f"{name}(${{1:table}}.${{2:column}})" for name in ("sum", "min", "max", "avg", "first", "last")},
}
_FORMS = {
    "pick": "pick($1)",
    "load": 'load("$1")',
    "sql": 'sql("""\n  select $0\n""")',
    "exact": "exact($1)",
    "index_in": "index_in($1)",
    "split": "split($1)",
    "running": "running($1)",
    "previous": "previous($1)",
    "next": "next($1)",
    "different": "different($1, $2)",
    "first_in": "first_in($1, $2)",
    "last_in": "last_in($1, $2)",
}


def parameter_text(parameter: Parameter) -> str:
    """``mean: number = 0 (metres)``"""
    text = f"{'*' if parameter.variadic else ''}{parameter.name}: {parameter.accepts.name}"
    if parameter.default is not REQUIRED:
        default = parameter.default
        written = (
            "null"
            if default is None
            else str(default).lower()
            if isinstance(default, bool)
            else json.dumps(default, ensure_ascii=False)
            if isinstance(default, str)
            else repr(default)
        )
        text += f" = {written}"
    return text + (f" ({parameter.unit})" if parameter.unit else "")


def function_item(function: Function, rank: int, order: int = 0, *, called: bool = False) -> Item:
    """A function. ``called``: the parentheses are there already."""
    insert = function.name if called else call_snippet(function)
    return Item(
        ItemKind.FUNCTION,
        function.name,
        insert,
        shown_signature(function),
        snippet="$" in insert,
        rank=rank,
        order=order,
        about=("function", function.name),
        again=insert.endswith("($1)") or '("$1")' in insert,
    )


def call_snippet(function: Function) -> str:
    """A call with placeholders: parameters without default, else what an example says of them."""
    if FUNCTIONS.get(function.name) is function:
        return _known_snippet(function.name)
    return _snippet(function)


@cache
def _known_snippet(name: str) -> str:
    return _snippet(FUNCTIONS[name])


def _snippet(function: Function) -> str:
    name = function.name
    if name == "row" and not function.parameters:
        return name
    if name in _FORMS:
        return _FORMS[name]
    if function.form is Form.AGGREGATE and name in _OF_CHILDREN:
        return _OF_CHILDREN[name]
    required = [p for p in function.parameters if p.default is REQUIRED]
    if required:
        parts = [_placeholder(p, place, by_name=place > 1) for place, p in enumerate(required, 1)]
        return f"{name}({', '.join(parts)})"
    example = next((e.code for e in function.examples if re.match(rf"{name}\(\w+:[^()]*\)\Z", e.code)), "")
    if function.family in ("distributions", "identity", "text") and example:
        places = iter(range(1, 100))
        inner = example[len(name) + 1 : -1]
        filled = _PLAIN_VALUE.sub(lambda m: f"${{{next(places)}:{escaped(m[0])}}}", inner)
        return f"{name}({filled})"
    return f"{name}()"


def _placeholder(parameter: Parameter, place: int, *, by_name: bool) -> str:
    label = f"{parameter.name}: " if by_name and not parameter.variadic else ""
    if parameter.choices and len(parameter.choices) <= _MOST_CHOICES:
        return f'{label}"${{{place}|{",".join(parameter.choices)}|}}"'
    if parameter.accepts.name == "string" and parameter.constant:
        return f'{label}"${{{place}:{parameter.name}}}"'
    return f"{label}${{{place}:{parameter.name}}}"


def shown_signature(function: Function) -> str:
    """``normal(mean: number = 0.0, sd: number = 1.0)``"""
    return function.signature().removesuffix(" -> unknown")


def function_markdown(function: Function, *, signature: bool = True, values: Sequence[str] = ()) -> str:
    """Signature, summary, ``values`` such as it gives, text, parameters and examples."""
    parts = [f"```dgen\n{shown_signature(function)}\n```"] if signature else []
    parts += [function.summary, *values]
    if function.doc:
        parts.append(function.doc)
    lines = []
    for parameter in function.parameters:
        limits = _limits(parameter)
        known = [f'`"{choice}"`' for choice in parameter.choices[:12]]
        more = ", ..." if len(parameter.choices) > 12 else ""
        said = f"{parameter.doc}{limits}".strip()
        text = f"- `{parameter_text(parameter)}`" + (f": {said}" if said else "")
        lines.append(text + (f" One of {', '.join(known)}{more}." if known else ""))
    if lines:
        parts.append("\n".join(lines))
    for example in function.examples[:2]:
        note = f"  # {example.note}" if example.note else ""
        parts.append(f"```dgen\n{example.code}{note}\n```")
    if FUNCTIONS.get(function.name) is function:  # a plugin's has no page
        parts.append(f"[More about `{function.name}`](docs/functions.md#{function.name})")
    return "\n\n".join(part for part in parts if part)


def _limits(parameter: Parameter) -> str:
    low, high = parameter.minimum, parameter.maximum
    if low is None and high is None:
        return ""
    low_word = "above" if parameter.exclusive_minimum else "at least"
    high_word = "below" if parameter.exclusive_maximum else "at most"
    parts = [
        f"{low_word} {low:g}" if low is not None else "",
        f"{high_word} {high:g}" if high is not None else "",
    ]
    return f" ({', '.join(p for p in parts if p)})"


def result_type(function: Function) -> t.DataType | None:
    """The type of what it gives where that does not depend on its arguments."""
    fixed = function.result if isinstance(function.result, t.DataType) else None
    return None if fixed == t.UNKNOWN else fixed
