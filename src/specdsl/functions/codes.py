"""Codes with check digits: of goods, books, devices, vehicles, people and firms."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from types import NoneType
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import stream_of
from specdsl.functions.check_digits import (
    Codes,
    Letters,
    Shape,
    digits,
    gtin,
    luhn,
    mod11_10,
    mod97,
    put,
    put_number,
    weighted,
    without_ten,
)
from specdsl.functions.entry import Accepts, Constants, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Int64Array, Vector

_TEXT: Final = Accepts("string", accepts.TEXT.test, t.STRING)
Arguments = Mapping[str, "Vector | Physical | None"]


def coded(
    name: str,
    family: str,
    summary: str,
    doc: str,
    codes: Callable[[Arguments], Codes],
    examples: tuple[Example, ...],
    parameters: tuple[Parameter, ...] = (),
    aliases: tuple[str, ...] = (),
) -> Function:
    """A function that draws from the codes that its arguments mean; one may be a column of the row."""

    def domain(args: Constants) -> int | None:
        if not all(isinstance(args.get(p.name), (str, NoneType)) and p.name in args for p in parameters):
            return None
        try:
            return codes(args).size
        except FunctionProblem:  # the kernel says it
            return None

    return Function(
        name=name,
        family=family,
        summary=summary,
        doc=doc,
        result=t.STRING,
        kernel=lambda call: _drawn(call, codes),
        parameters=parameters,
        examples=examples,
        draws=True,
        domain=domain,
        at=lambda call, index: _at(codes(call.args), index),
        aliases=aliases,
    )


def _drawn(call: Invocation, codes: Callable[[Arguments], Codes]) -> Vector:
    """Codes by the arguments: of one kind, or row by row where an argument is a column."""
    name = next((name for name, value in call.args.items() if isinstance(value, Vector)), None)
    if name is None:
        return Vector(t.STRING, codes(call.args).draw(stream_of(call)))
    from specdsl.vectors import selection, strings

    argument, stream = call.args[name], stream_of(call)
    assert isinstance(argument, Vector)
    found, values = strings.encode(argument.data)
    if argument.valid is not None:
        found = np.where(argument.valid, found, len(values))  # what is null is masked: any code will do
    parts = []
    for number, value in enumerate([*values.to_pylist(), None]):
        here = np.flatnonzero(found == number)
        if len(here):
            made = codes({**call.args, name: value}).draw(Stream(stream.key, stream.addresses[here]))
            parts.append((here, Vector(t.STRING, made)))
    return selection.merge(call.n, parts, t.STRING)


def _at(codes: Codes, index: Int64Array) -> Vector:
    return Vector(t.STRING, codes.at(index))


def only(template: str, check: Callable[[Letters], None]) -> Callable[[Arguments], Codes]:
    """The codes of one template, whatever the arguments."""
    codes = Codes((Shape(template, check),))
    return lambda _: codes


def by_choice(
    shapes: Mapping[str, tuple[str, Callable[[Letters], None]]], name: str
) -> Callable[[Arguments], Codes]:
    """The codes of the shape that the argument ``name`` chooses; of all where it is null."""
    each = {key: Codes((Shape(*shape),)) for key, shape in shapes.items()}
    whole = Codes(tuple(codes.shapes[0] for codes in each.values()))

    def found(args: Arguments) -> Codes:
        chosen = args[name]
        if chosen is None:
            return whole
        if str(chosen) not in each:
            raise FunctionProblem(f'`{name}` is "{chosen!s}" in a row', f"there are {', '.join(each)}")
        return each[str(chosen)]

    return found


def choice(name: str, doc: str, choices: tuple[str, ...]) -> Parameter:
    """A parameter for ``by_choice``."""
    return Parameter(
        name, _TEXT, doc + " A column of the row, too; null for any.", default=None, choices=choices
    )


def last_digit(check: Callable[[Int64Array], Int64Array]) -> Callable[[Letters], None]:
    """A check digit at the end, computed from all before it."""
    return lambda letters: put(letters, -1, check(digits(letters, slice(0, -1))))


# --- goods and books -----------------------------------------------------------------------


def refuses_prefix(prefix: str, length: int) -> tuple[str, str] | None:
    """Why a text cannot begin a number of goods of ``length`` digits."""
    if prefix and not (prefix.isascii() and prefix.isdigit()):
        return "a prefix has digits only", 'for example "400"'
    if len(prefix) >= length:
        return f"a number of {length} digits has no room for it", f"write {length - 1} digits at most"
    return None


def _goods(length: int) -> Callable[[Arguments], Codes]:
    @lru_cache(maxsize=64)
    def found(prefix: str) -> Codes:
        refused = refuses_prefix(prefix, length)
        if refused is not None:
            raise FunctionProblem(f'"{prefix}" cannot begin it: {refused[0]}', refused[1])
        return Codes((Shape(prefix + "#" * (length - 1 - len(prefix)) + "!", last_digit(gtin)),))

    return lambda args: found(str(args["prefix"]))


def _goods_function(name: str, title: str, length: int, sample: str, aliases: tuple[str, ...]) -> Function:
    prefix = Parameter(
        "prefix",
        _TEXT,
        "What it begins with, such as the digits of a country or firm.",
        default="",
        constant=True,
        refuses=lambda text: refuses_prefix(text, length),
    )
    return coded(
        name,
        "codes",
        f"The {title} of an article, with its check digit.",
        f"{length} digits, the last being the check digit of GS1. The article may exist.",
        _goods(length),
        (Example(f"{name}()", "string", f'such as "{sample}"'),),
        (prefix,),
        aliases,
    )


def _isbn10(letters: Letters) -> None:
    total = weighted(digits(letters, slice(0, 9)), range(10, 1, -1))
    put(letters, 9, -total % 11, b"0123456789X")


def _issn(letters: Letters) -> None:
    total = weighted(digits(letters, [0, 1, 2, 3, 5, 6, 7]), range(8, 1, -1))
    put(letters, 8, -total % 11, b"0123456789X")


# --- patterns ------------------------------------------------------------------------------


def refuses_luhn(pattern: str) -> tuple[str, str] | None:
    """Why a pattern has no check digit by Luhn."""
    if not pattern.endswith("#"):
        return "the check digit comes last, so it has to end in #", 'for example "4###############"'
    if not all(c.isascii() and (c.isdigit() or c in "# -") for c in pattern) or len(pattern) > 64:
        return "it may have digits, #, blanks and hyphens, 64 at most", 'for example "4###-####-####-####"'
    if sum(c not in " -" for c in pattern) < 2:
        return "a check digit checks something", 'for example "4###############"'
    return None


@lru_cache(maxsize=64)
def _luhn_codes(pattern: str) -> Codes:
    refused = refuses_luhn(pattern)
    if refused is not None:
        raise FunctionProblem(f'"{pattern}" will not do: {refused[0]}', refused[1])
    places = [i for i, c in enumerate(pattern[:-1]) if c not in " -"]
    return Codes((Shape(pattern[:-1] + "!", lambda x: put(x, -1, luhn(digits(x, places)))),))


# --- vehicles ------------------------------------------------------------------------------

_VIN: Final = "ABCDEFGHJKLMNPRSTUVWXYZ"
_VIN_VALUES: Final = dict(zip(_VIN, (*range(1, 9), 1, 2, 3, 4, 5, 7, 9, 2, 3, 4, 5, 6, 7, 8, 9), strict=True))
VIN_WEIGHTS: Final = (8, 7, 6, 5, 4, 3, 2, 10, 0, 9, 8, 7, 6, 5, 4, 3, 2)


def vin_values() -> Int64Array:
    """The value of each ASCII code in a vehicle's number: int64 (256,), -1 for what does not occur."""
    out = np.full(256, -1, dtype=np.int64)
    for digit in range(10):
        out[ord("0") + digit] = digit
    for letter, value in _VIN_VALUES.items():
        out[ord(letter)] = value
    return out


def _vin(letters: Letters) -> None:
    put(letters, 8, weighted(vin_values()[letters], VIN_WEIGHTS) % 11, b"0123456789X")


_VIN_SHAPE: Final = (
    f"[12345][{_VIN}][{_VIN}]" + f"[{_VIN}0123456789]" * 5 + "![ABCDEFGHJKLMNPRSTVWXY123456789]"
    f"[{_VIN}0123456789]" + "#" * 6
)

# --- people --------------------------------------------------------------------------------

_GROUPS, _SERIALS = 99, 9999


def _areas(args: Arguments) -> Int64Array:
    """The first three digits: those given out, or those that never are."""
    if args["fictional"]:
        return np.arange(900, 1000)
    return np.array([n for n in range(1, 900) if n != 666])


def _ssn_at(args: Arguments, index: Int64Array) -> Vector:
    from specdsl.vectors import text

    rest, serial = np.divmod(index, _SERIALS)
    area, group = np.divmod(rest, _GROUPS)
    pieces = [
        *text.fixed_digits(_areas(args)[area], 3),
        b"-",
        *text.fixed_digits(group + 1, 2),
        b"-",
        *text.fixed_digits(serial + 1, 4),
    ]
    return Vector(t.STRING, text.join(pieces, len(index)))


def _ssn_size(args: Arguments) -> int:
    return len(_areas(args)) * _GROUPS * _SERIALS


def _ssn(call: Invocation) -> Vector:
    return _ssn_at(call.args, stream_of(call).below(_ssn_size(call.args)))


# --- firms ---------------------------------------------------------------------------------


def _at_vat(letters: Letters) -> None:
    values = digits(letters, slice(3, 10)) * np.array([1, 2, 1, 2, 1, 2, 1])
    put(letters, 10, (96 - (values // 10 + values % 10).sum(axis=1)) % 10)


def _be_vat(letters: Letters) -> None:
    put_number(letters, 10, 2, 97 - _number(letters, 2, 10) % 97)


def _number(letters: Letters, start: int, stop: int) -> Int64Array:
    """The number that digits spell."""
    return weighted(digits(letters, slice(start, stop)), [10**k for k in range(stop - start - 1, -1, -1)])


def _dk_vat(letters: Letters) -> None:
    without_ten(letters, 8, 9, lambda: -weighted(digits(letters, slice(2, 9)), (2, 7, 6, 5, 4, 3, 2)) % 11)


def _fi_vat(letters: Letters) -> None:
    without_ten(letters, 8, 9, lambda: -weighted(digits(letters, slice(2, 9)), (7, 9, 10, 5, 8, 4, 2)) % 11)


def _fr_vat(letters: Letters) -> None:
    put(letters, 12, luhn(digits(letters, slice(4, 12))))
    put_number(letters, 2, 2, (12 + 3 * (_number(letters, 4, 13) % 97)) % 97)


def _gb_vat(letters: Letters) -> None:
    put_number(letters, 9, 2, 97 - weighted(digits(letters, slice(2, 9)), range(8, 1, -1)) % 97)


def _ie_vat(letters: Letters) -> None:
    total = weighted(digits(letters, slice(2, 9)), range(8, 1, -1))
    put(letters, 9, total % 23, b"WABCDEFGHIJKLMNOPQRSTUV")


def _nl_vat(letters: Letters) -> None:
    put_number(letters, 12, 2, 98 - mod97(digits(letters)))  # the places are still 00


def _pl_vat(letters: Letters) -> None:
    without_ten(
        letters, 10, 11, lambda: weighted(digits(letters, slice(2, 11)), (6, 5, 7, 2, 3, 4, 5, 6, 7)) % 11
    )


def _pt_vat(letters: Letters) -> None:
    check = -weighted(digits(letters, slice(2, 10)), range(9, 1, -1)) % 11
    put(letters, 10, np.where(check > 9, 0, check))


_VAT: Final[Mapping[str, tuple[str, Callable[[Letters], None]]]] = {
    "AT": ("ATU#######!", _at_vat),
    "BE": ("BE0[123456789]######!!", _be_vat),
    "DE": ("DE[123456789]#######!", lambda x: put(x, 10, mod11_10(digits(x, slice(2, 10))))),
    "DK": ("DK[123456789]#####0!", _dk_vat),
    "ES": ("ES########!", lambda x: put(x, 10, _number(x, 2, 10) % 23, b"TRWAGMYFPDXBNJZSQVHLCKE")),
    "FI": ("FI[123]#####0!", _fi_vat),
    "FR": ("FR!![123456789]#######!", _fr_vat),
    "GB": ("GB[34567]######!!", _gb_vat),
    "IE": ("IE#######!", _ie_vat),
    "IT": (
        "IT[123456789]######0[123456789][123456789]!",
        lambda x: put(x, 12, luhn(digits(x, slice(2, 12)))),
    ),
    "LU": ("LU[123456789]#####!!", lambda x: put_number(x, 8, 2, _number(x, 2, 8) % 89)),
    "NL": ("NL[123456789]########B!!", _nl_vat),
    "PL": ("PL[123456789]#######0!", _pl_vat),
    "PT": ("PT5#######!", _pt_vat),
    "SE": ("SE5[56]#######!01", lambda x: put(x, 11, luhn(digits(x, slice(2, 11))))),
}


FUNCTIONS: Final = (
    coded(
        "luhn",
        "codes",
        "Digits in a pattern whose last one is the check digit by Luhn.",
        "Each `#` becomes a digit, and the last one is computed from the others, as on bank cards. Blanks "
        "and "
        "hyphens stay.",
        lambda args: _luhn_codes(str(args["pattern"])),
        (
            Example('luhn("4###############")', "string", "like the number of a bank card"),
            Example('luhn("89 49 ######## #")', "string", "in groups"),
        ),
        (Parameter("pattern", _TEXT, "Digits, blanks, hyphens and #.", constant=True, refuses=refuses_luhn),),
        ("check_digit", "mod10"),
    ),
    _goods_function("ean13", "EAN-13", 13, "4006381333931", ("ean", "gtin13", "barcode")),
    _goods_function("ean8", "EAN-8", 8, "73513537", ("gtin8",)),
    _goods_function("upc", "UPC-A", 12, "036000291452", ("upc_a", "gtin12")),
    coded(
        "isbn13",
        "codes",
        "The number of a book: 13 digits that begin with 978.",
        "Without hyphens, with its check digit. The book may exist.",
        only("978#########!", last_digit(gtin)),
        (Example("isbn13()", "string", 'such as "9780306406157"'),),
        aliases=("isbn",),
    ),
    coded(
        "isbn10",
        "codes",
        "The older number of a book: ten places, the last a digit or X.",
        "Without hyphens. The book may exist.",
        only("#########!", _isbn10),
        (Example("isbn10()", "string", 'such as "097522980X"'),),
    ),
    coded(
        "issn",
        "codes",
        "The number of a periodical: eight places with a hyphen in the middle.",
        "The last is a digit or X. The periodical may exist.",
        only("####-###!", _issn),
        (Example("issn()", "string", 'such as "2049-3630"'),),
    ),
    coded(
        "imei",
        "codes",
        "The number of a mobile device: 15 digits, the last by Luhn.",
        "Begins with 35 as those of most phones. The device may exist.",
        only("35############!", last_digit(luhn)),
        (Example("imei()", "string", 'such as "352099001761481"'),),
    ),
    coded(
        "vin",
        "codes",
        "The number of a vehicle: 17 places with the North American check digit.",
        "Digits and letters without I, O and Q; the ninth is the check digit, the tenth can be a model "
        "year, the last "
        "six are a serial number.",
        only(_VIN_SHAPE, _vin),
        (Example("vin()", "string", 'such as "1M8GDM9AXKP042788"'),),
        aliases=("vehicle_id", "chassis_number"),
    ),
    Function(
        name="ssn",
        family="codes",
        summary="A number in the form of the US Social Security: AAA-GG-SSSS.",
        doc="None that begins with 000, 666 or 9, nor with zeros only in a part. It may belong to "
        "somebody; with "
        "`fictional: true` it begins with 9, which are never given out (and validators refuse).",
        result=t.STRING,
        kernel=_ssn,
        parameters=(
            Parameter(
                "fictional",
                accepts.BOOLEAN,
                "Whether to draw from those never given out.",
                default=False,
                constant=True,
            ),
        ),
        examples=(
            Example("ssn()", "string", 'such as "536-22-8726"'),
            Example("ssn(fictional: true)", "string", 'such as "907-41-0268"'),
        ),
        draws=True,
        domain=lambda args: _ssn_size(args) if "fictional" in args else None,
        at=lambda call, index: _ssn_at(call.args, index),
        aliases=("social_security_number",),
    ),
    coded(
        "vat_id",
        "codes",
        "The VAT identification number of a firm, with the check digits of its country.",
        "For " + ", ".join(_VAT) + ". The number may belong to somebody.",
        by_choice(_VAT, "country"),
        (
            Example('vat_id("DE")', "string", 'such as "DE136695976"'),
            Example("vat_id()", "string", "of any of the countries"),
        ),
        (choice("country", "Two letters.", tuple(_VAT)),),
        ("tax_id", "vat_number", "ust_id"),
    ),
)
