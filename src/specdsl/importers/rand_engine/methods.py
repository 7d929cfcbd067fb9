"""Each method of rand-engine as a type and an expression."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from types import MappingProxyType
from typing import Any

from specdsl.importers.emit import string_text
from specdsl.importers.rand_engine.arguments import Arguments, Unfit
from specdsl.importers.rand_engine.choices import number, plain, type_of, weighted
from specdsl.importers.rand_engine.periods import period

UNBOUNDED = 10**18
"""How many different values there are, where there are more than anyone asks for."""

_INTEGERS = {
    **{f"{sign}int{bits}": (sign, bits) for sign in ("", "u") for bits in (8, 16, 32, 64)},
    **dict.fromkeys(("int", "integer"), ("", 32)),
    **dict.fromkeys(("bigint", "long"), ("", 64)),
}
_LONGEST = 1_000
_MOST_DECIMALS = 15


@dataclass(frozen=True, slots=True)
class Drawn:
    """A column. ``apart``: the expression that draws a different value in each row, '' where none does;
    ``domain``: how many values it has; ``comment``: what a reader should know; ``weighted``: ``apart`` does
    without weights that ``value`` has. ``steady``: texts are all of one length; ``word``: they are of letters
    and digits. ``on``: the column that it depends on, '' for none."""

    type: str
    value: str
    apart: str = ""
    domain: int = 0
    comment: str = ""
    weighted: bool = False
    steady: bool = False
    word: bool = False
    on: str = ""


def drawn(method: str, arguments: Arguments) -> Drawn:
    """The column of a method that makes one. Raises Unfit."""
    made = _METHODS[method](arguments)
    return made if made.domain > 1 else replace(made, apart="")


def _integers(arguments: Arguments) -> Drawn:
    low, high = arguments.integer("min"), arguments.integer("max")
    if low > high:
        raise Unfit(f"`min` is above `max`: {low}, {high}")
    name = arguments.text("int_type", "int32")
    if name not in _INTEGERS:
        raise Unfit(f"there is no integer type `{name}`")
    sign, bits = _INTEGERS[name]
    ends = (0, 2**bits - 1) if sign else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    type = f"{sign}int" if bits == 64 and not sign else f"{sign}int{bits}"
    comment = ""
    if low < ends[0] or high > ends[1]:
        if low < -(2**63) or high >= 2**63:
            raise Unfit(f"integers of 64 bits do not reach from {low} to {high}")
        type, comment = "int", f"{name} does not hold {number(low)} .. {number(high)}"
    span = f"{number(low)} .. {number(high)}" if low < high else number(low)
    return Drawn(type, span, span, high - low + 1, comment)


def _zero_filled(arguments: Arguments) -> Drawn:
    length = _length(arguments, None)
    return _digits(length)


def _digits(length: int) -> Drawn:
    value = f"/[0-9]{{{length}}}/" if length > 1 else "/[0-9]/"
    return Drawn("string", value, value, min(10**length, UNBOUNDED), steady=True)


def _length(arguments: Arguments, default: int | None) -> int:
    length = arguments.integer("length") if default is None else arguments.integer("length", default)
    if not 1 <= length <= _LONGEST:
        raise Unfit(f"`length` is {length}, and should be in 1 .. {_LONGEST}")
    return length


def _floats(arguments: Arguments) -> Drawn:
    low, high = arguments.number("min"), arguments.number("max")
    if low > high:
        raise Unfit(f"`min` is above `max`: {low}, {high}")
    decimals = _decimals(arguments)
    if low == high:
        return Drawn("float", number(float(low)))
    return Drawn("float", f"round({number(float(low))} .. {number(float(high))}, {decimals})")


def _normal(arguments: Arguments) -> Drawn:
    mean, deviation = arguments.number("mean"), arguments.number("std")
    decimals = _decimals(arguments)
    if deviation < 0:
        raise Unfit(f"`std` is {deviation}, below 0")
    if deviation == 0:
        return Drawn("float", number(round(float(mean), decimals)))
    return Drawn("float", f"round(normal(mean: {_parameter(mean)}, sd: {_parameter(deviation)}), {decimals})")


def _parameter(value: int | float) -> str:
    return number(value if abs(value) < 2**63 else float(value))


def _decimals(arguments: Arguments) -> int:
    decimals = arguments.integer("decimals", 2)
    if not 0 <= decimals <= _MOST_DECIMALS:
        raise Unfit(f"`decimals` is {decimals}, and should be in 0 .. {_MOST_DECIMALS}")
    return decimals


def _booleans(arguments: Arguments) -> Drawn:
    share = arguments.number("true_prob", 0.5)
    if not 0 <= share <= 1:
        raise Unfit(f"`true_prob` is {share}, and should be in 0 .. 1")
    if share in (0, 1):
        return Drawn("bool", "true" if share else "false")
    return Drawn("bool", f"chance({number(float(share))})")


def _uuid(arguments: Arguments) -> Drawn:
    return Drawn("uuid", "", "uuid4()", UNBOUNDED, steady=True)


def _unique_ids(arguments: Arguments) -> Drawn:
    strategy = arguments.text("strategy", "zint")
    if strategy == "uuid4":
        return _uuid(arguments)
    if strategy == "numeric":
        return Drawn("int", "sequence(start: 1)", "sequence(start: 1)", UNBOUNDED)
    if strategy != "zint":
        raise Unfit(f"there is no strategy `{strategy}`")
    digits = _digits(_length(arguments, 8))
    prefix = arguments.text("prefix", "")
    if not prefix:
        return digits
    value = f'f"{_in_text(prefix)}{{{digits.value}}}"'
    return replace(digits, value=value, apart=value)


def _one_of(arguments: Arguments) -> Drawn:
    values = arguments.array("distincts")
    type = type_of(values)
    return _choice(type, [(value, 1) for value in values])


def _one_of_weighted(arguments: Arguments) -> Drawn:
    weights = arguments.members("distincts")
    return _choice("string", [(name, weight_of(name, weight)) for name, weight in weights.items()])


def weight_of(name: Any, weight: Any) -> int:
    """A weight. Raises Unfit."""
    if isinstance(weight, bool) or not isinstance(weight, int) or weight < 0:
        raise Unfit(f"the weight of `{name}` is no whole number: {weight}")
    return weight


def _choice(type: str, pairs: list[tuple[Any, int]]) -> Drawn:
    value = weighted(pairs)
    members = list(dict.fromkeys(member for member, weight in pairs if weight))
    alone = plain(members)
    steady = type == "string" and len({len(member) for member in members}) == 1
    word = type == "string" and all(member.isalnum() and member.isascii() for member in members)
    apart = "" if type == "bool" else alone
    return Drawn(type, value, apart, len(members), weighted=value != alone, steady=steady, word=word)


def _unix_timestamps(arguments: Arguments) -> Drawn:
    within = period(arguments)
    low, high = within.seconds
    apart = f"{number(low)} .. {number(high)}"
    return Drawn("int", f"epoch({within.instants})", apart, high - low + 1)


def _dates(arguments: Arguments) -> Drawn:
    within = period(arguments)
    if within.is_iso:
        return Drawn("date", within.span, within.span, within.days, steady=True)
    return Drawn("string", within.text)


def _complex(arguments: Arguments) -> Drawn:
    pattern, mark = arguments.text("pattern", "x.x.x-x"), arguments.text("replacement", "x")
    templates = arguments.array("templates")
    if not mark:
        raise Unfit("`replacement` is empty")
    texts = pattern.split(mark)
    if len(texts) - 1 != len(templates):
        raise Unfit(
            f"`{pattern}` has `{mark}` {len(texts) - 1} times, and there are {len(templates)} templates"
        )
    pieces = [_piece(at, template) for at, template in enumerate(templates)]
    value = _joined(texts, [piece.value for piece in pieces])
    domain = 1
    for piece in pieces:
        domain = min(domain * piece.domain, UNBOUNDED)
    apart = ""
    following = zip(pieces, texts[1:], strict=True)
    ended = [piece.steady or (text != "" and not text[0].isalnum()) for piece, text in following]
    if all(piece.apart for piece in pieces) and all(ended[:-1]):
        apart = _joined(texts, [piece.apart for piece in pieces])
    return Drawn("string", value, apart, domain, weighted=any(piece.weighted for piece in pieces))


_TOLD_IN_TEXT = frozenset({"integers", "int_zfilled", "uuid4", "unique_ids"})
"""Methods whose values are seen in a text, where something sets them apart from what follows."""


def _joined(texts: list[str], pieces: list[str]) -> str:
    filled = [_in_text(texts[0])]
    for piece, text in zip(pieces, texts[1:], strict=True):
        filled += [f"{{{piece}}}", _in_text(text)]
    return f'f"{"".join(filled)}"'


def _in_text(text: str) -> str:
    """``text`` inside of an f-string."""
    return "".join(c * 2 if c in "{}" else string_text(c)[1:-1] for c in text)


def _piece(at: int, template: Any) -> Drawn:
    """What stands for a mark. Raises Unfit."""
    if not isinstance(template, dict) or not isinstance(template.get("method"), str):
        raise Unfit(f"template {at + 1} has no method")
    method = template["method"]
    if method not in _METHODS or method == "complex_distincts":
        raise Unfit(f"template {at + 1} cannot be made by `{method}`")
    try:
        arguments = Arguments(method, template)
        if arguments.unknown:
            raise Unfit(f"`{method}` has no parameter `{arguments.unknown[0]}`")
        piece = _METHODS[method](arguments)
        if method == "unique_ids" and arguments.has("prefix"):
            raise Unfit("a prefix belongs into the pattern")
        if method == "booleans":
            return _truth(arguments.number("true_prob", 0.5))
    except Unfit as unfit:
        raise Unfit(f"template {at + 1}: {unfit.cause}") from None
    told = method in _TOLD_IN_TEXT or (piece.type == "string" and piece.word)
    return replace(piece, value=piece.value or piece.apart, apart=piece.apart if told else "")


def _truth(share: float) -> Drawn:
    """Truth values as Python writes them."""
    value = f'if chance({number(float(share))}) then "True" else "False"'
    return Drawn("string", value, "", 2)


_METHODS: Mapping[str, Callable[[Arguments], Drawn]] = MappingProxyType(
    {
        "integers": _integers,
        "int_zfilled": _zero_filled,
        "floats": _floats,
        "floats_normal": _normal,
        "booleans": _booleans,
        "uuid4": _uuid,
        "unique_ids": _unique_ids,
        "distincts": _one_of,
        "distincts_prop": _one_of_weighted,
        "unix_timestamps": _unix_timestamps,
        "dates": _dates,
        "complex_distincts": _complex,
    }
)
