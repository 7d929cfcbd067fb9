"""How a column is drawn, in words."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from specdsl.functions.entry import Function
from specdsl.ide.inference import written_path
from specdsl.ide.spelling import as_code, in_code
from specdsl.syntax import tree

Text = Callable[[tree.Node], str]
"""The source of a node."""

_MOST_ARMS = 8
_OVER = {
    "sum": "the sum of {}",
    "count": "the number of {}",
    "min": "the least {}",
    "max": "the greatest {}",
    "avg": "the mean {}",
    "first": "the first {}",
    "last": "the last {}",
}


def described(decl: tree.ColumnDecl, index: int, functions: Mapping[str, Function], text: Text) -> list[str]:
    """Sentences about where a column's values come from: its value or reference, bounds, nulls."""
    said: list[str] = []
    if decl.reference is not None:
        said.append(_reference(decl, text))
    if decl.value is not None:
        value = decl.value
        said.append(_capital(_value(value, functions, text)) + ".")
        if decl.grouped:
            others = [in_code(n.text) for i, n in enumerate(decl.targets) if i != index]
            if others:
                said.append(f"Drawn together with {_listed(others)}.")
    elif decl.reference is None and decl.type is not None:
        said.append("Drawn by its type alone.")
    for modifier in decl.modifiers:
        match modifier:
            case tree.Within(range=bounds):
                said.append(f"Every value lies in {_code(text(bounds))}.")
            case tree.NullRate(rate=rate, when=None):
                said.append(f"{rate.value:g} % are {_lack(modifier)}.")
            case tree.NullRate(rate=rate, when=when) if when is not None:
                rest = f", else {modifier.otherwise.value:g} %" if modifier.otherwise is not None else ""
                said.append(f"{rate.value:g} % are {_lack(modifier)} when {_code(text(when))}{rest}.")
            case tree.KeyMark():
                said.append("The key: no two rows share it.")
            case tree.UniqueMark():
                said.append("No two rows share a value.")
            case tree.HiddenMark():
                said.append("Used in expressions, and not written.")
            case tree.Changes(share=share):
                often = "In every row" if share is None else f"In {share.value:g} % of the rows"
                said.append(f"{often} another value than in the row before, else the same.")
            case tree.BareMark():
                said.append("In JSON the row is this value itself.")
            case _:
                pass
    return said


def _lack(rate: tree.NullRate) -> str:
    return "absent" if rate.absent else "null"


def _reference(decl: tree.ColumnDecl, text: Text) -> str:
    reference = decl.reference
    assert reference is not None
    name = in_code(reference.table.text)
    each = next((m for m in decl.modifiers if isinstance(m, tree.Each)), None)
    where = next((m for m in decl.modifiers if isinstance(m, tree.Where)), None)
    skew = next((m for m in decl.modifiers if isinstance(m, tree.Skew)), None)
    distinct = next((m for m in decl.modifiers if isinstance(m, tree.DistinctPer)), None)
    since = next((m for m in decl.modifiers if isinstance(m, tree.Since)), None)
    parts = [f"The key of a row of {name}"]
    if each is not None and each.count is not None:
        most = f", at most {_code(text(each.maximum))}" if each.maximum is not None else ""
        parts[0] = f"A row of {name}: {_code(text(each.count))} rows for each one{most}"
    elif each is not None:
        parts[0] = f"A row of {name}: one row for each one"
    if skew is not None:
        parts.append(f"some far more often than others ({_code(text(skew.call))})")
    if where is not None:
        parts.append(f"only where {_code(text(where.condition))}")
    valid = next((m for m in decl.modifiers if isinstance(m, tree.AsOf)), None)
    if valid is not None:
        parts.append(f"the version that is valid at {_code(text(valid.moment))}")
    if since is not None:
        age = _code(text(since.age)) + ("" if isinstance(since.age, tree.Duration) else " batches")
        parts.append(f"only of the last {age}")
    if distinct is not None:
        parts.append(f"none twice per {_listed([in_code(c.text) for c in distinct.columns])}")
    return ", ".join(parts) + "."


def _value(node: tree.Expr, functions: Mapping[str, Function], text: Text) -> str:
    match node:
        case tree.Range(low=low, high=high) if low is not None and high is not None:
            return f"any value from {_code(text(low))} to {_code(text(high))}, all equally likely"
        case tree.Choice(arms=arms):
            left = 100 - sum(float(a.weight.value) for a in arms if a.weight is not None)
            free = sum(a.weight is None for a in arms)
            shown = []
            for arm in arms[:_MOST_ARMS]:
                share = float(arm.weight.value) if arm.weight is not None else left / max(free, 1)
                shown.append(f"{_code(text(arm.value))} {share:.3g} %")
            more = f" and {len(arms) - _MOST_ARMS} more" if len(arms) > _MOST_ARMS else ""
            return f"one of {', '.join(shown)}{more}"
        case tree.FString():
            return "text put together from values"
        case tree.Regex(pattern=pattern):
            return f"text that {as_code(f'/{_short(pattern)}/')} matches, all equally likely"
        case tree.If(condition=condition):
            return f"one of two, by whether {_code(text(condition))}"
        case tree.Match(subject=subject, arms=arms):
            return f"by {_code(text(subject))}, one of {len(arms)} cases"
        case tree.Call(function=name, args=args):
            return _call(name.text, args, functions, text)
        case tree.NameRef() | tree.Attribute() if written_path(node):
            return f"the value of {_code(text(node))}"
        case tree.String() | tree.Number() | tree.Bool() | tree.Date() | tree.Timestamp() | tree.Duration():
            return f"always {_code(text(node))}"
        case tree.ErrorExpr():
            return "not understood yet"
        case _:
            return f"computed: {_code(text(node))}"


def _call(name: str, args: tuple[tree.Arg, ...], functions: Mapping[str, Function], text: Text) -> str:
    path = written_path(args[0].value) if args else ()
    if name in _OVER and (len(path) > 1 or (name == "count" and path)):
        rows = f"rows of {in_code(*path[:-1] if len(path) > 1 else path)}"
        what = f"{in_code(path[-1])} over the {rows}" if len(path) > 1 else rows
        where = f" where {_code(text(args[0].where))}" if args[0].where is not None else ""
        return f"{_OVER[name].format(what)} that refer here{where}"
    function = functions.get(name)
    summary = function.summary.rstrip(".") if function is not None else "an unknown function"
    return f"`{name}`: {summary[:1].lower()}{summary[1:]}" if summary else f"what `{name}` gives"


def _code(written: str) -> str:
    return as_code(_short(written))


def _capital(sentence: str) -> str:
    return sentence[:1].upper() + sentence[1:]


def _listed(parts: list[str]) -> str:
    return parts[0] if len(parts) == 1 else f"{', '.join(parts[:-1])} and {parts[-1]}" if parts else ""


def _short(text: str) -> str:
    """Source on one line, cut off where it is long."""
    line = " ".join(text.split())
    return line if len(line) <= 60 else f"{line[:57]}..."
