"""Whether a text is a code with the right check digits: for checks, and for data from elsewhere."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.check_digits import Letters, digits, gtin, luhn, mod97, weighted
from specdsl.functions.codes import VIN_WEIGHTS, vin_values
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.finance import ACCOUNTS, account_template
from specdsl.functions.mapping import mapped
from specdsl.vectors.vector import BoolArray, Vector

_ORDER: Final = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_LENGTHS: Final = {country: len(account_template(country)) for country in ACCOUNTS}

Holds = Callable[[Letters], BoolArray]
"""Whether codes of one length (n, length), all of the right characters, have the right check digits."""


def _valid(pattern: str, holds: Holds) -> Callable[[Invocation], Vector]:
    """A kernel: blanks and hyphens left out, the pattern matched, then the check digits, by length."""

    def test(values: Any) -> BoolArray:
        import pyarrow.compute as pc

        from specdsl.vectors import strings

        bare = pc.replace_substring_regex(values, "[ -]", "")
        fits = strings.bool_numpy(pc.match_substring_regex(bare, f"^({pattern})$"))
        # `$` would also match before a line end
        fits &= ~strings.bool_numpy(pc.match_substring(bare, "\n"))
        lengths = strings.byte_lengths(bare)
        out = np.zeros(len(bare), dtype=np.bool_)
        for length in np.unique(lengths[fits]).tolist():
            rows = np.flatnonzero(fits & (lengths == length))
            _, data = strings.buffers_of(strings.take(bare, rows))
            matrix = data[: len(rows) * length].reshape(len(rows), length)
            out[rows] = holds(np.asfortranarray(matrix))  # the arithmetic goes by places
        return out

    return lambda call: mapped(call, "text", test)


# --- the same in SQL -----------------------------------------------------------------------


def _test_sql(text: str, pattern: str, holds: str) -> str:
    """``holds`` is SQL about ``s``, the text without blanks and hyphens."""
    bare = f"regexp_replace({text}, '[ -]', '', 'g')"
    test = f"CASE WHEN regexp_full_match(s, '{pattern}') THEN {holds} ELSE false END"
    return f"CASE WHEN {text} IS NOT NULL THEN list_transform([{bare}], lambda s: {test})[1] END"


def _value(text: str, place: str) -> str:
    return f"(strpos('{_ORDER}', substr({text}, {place}, 1)) - 1)"


def _luhn_sql(text: str) -> str:
    digit = _value(text, "i")
    double = f"(2 * {digit} - CASE WHEN {digit} > 4 THEN 9 ELSE 0 END)"
    each = f"CASE WHEN (length({text}) - i) % 2 = 1 THEN {double} ELSE {digit} END"
    return f"list_sum(list_transform(range(1, length({text}) + 1), lambda i: {each})) % 10 = 0"


def _weighted_sql(text: str, weights: list[int], values: str = _ORDER) -> str:
    parts = [f"{w} * (strpos('{values}', substr({text}, {i}, 1)) - 1)" for i, w in enumerate(weights, 1) if w]
    return "(" + " + ".join(parts) + ")"


def _mod97_sql(text: str) -> str:
    values = f"list_transform(range(1, length({text}) + 1), lambda i: {_value(text, 'i')})"
    step = "(a * CASE WHEN b > 9 THEN 100 ELSE 10 END + b) % 97"
    return f"list_reduce({values}, lambda a, b: {step})"


# --- each ----------------------------------------------------------------------------------


def _gtin_holds(letters: Letters) -> BoolArray:
    values = digits(letters)
    right: BoolArray = gtin(values[:, :-1]) == values[:, -1]
    return right


def _gtin_sql(text: str) -> str:
    each = f"{_value(text, 'i')} * CASE WHEN (length({text}) - i) % 2 = 1 THEN 3 ELSE 1 END"
    return f"list_sum(list_transform(range(1, length({text}) + 1), lambda i: {each})) % 10 = 0"


def _luhn_holds(letters: Letters) -> BoolArray:
    values = digits(letters)
    right: BoolArray = luhn(values[:, :-1]) == values[:, -1]
    return right


def _isbn_holds(letters: Letters) -> BoolArray:
    if letters.shape[1] == 13:
        return _gtin_holds(letters)
    values = np.where(letters == ord("X"), 10, digits(letters))
    right: BoolArray = weighted(values, range(10, 0, -1)) % 11 == 0
    return right


def _isbn_sql() -> str:
    ten = _weighted_sql("s", list(range(10, 0, -1)), "0123456789X")
    return f"CASE WHEN length(s) = 13 THEN {_gtin_sql('s')} ELSE {ten} % 11 = 0 END"


def _iban_holds(letters: Letters) -> BoolArray:
    country = letters[:, :2].astype(np.int64) @ np.array([256, 1])
    known = [c for c, length in _LENGTHS.items() if length == letters.shape[1]]
    right = np.isin(country, [ord(c[0]) * 256 + ord(c[1]) for c in known])
    right &= mod97(digits(letters, [*range(4, letters.shape[1]), 0, 1, 2, 3])) == 1
    return right


def _iban_sql() -> str:
    by_length: dict[int, list[str]] = {}
    for country, length in _LENGTHS.items():
        by_length.setdefault(length, []).append(f"'{country}'")
    whens = " ".join(
        f"WHEN {length} THEN s[1:2] IN ({', '.join(codes)})" for length, codes in sorted(by_length.items())
    )
    known = f"(CASE length(s) {whens} ELSE false END)"
    rest = f"list_transform([s[5:] || s[1:4]], lambda m: {_mod97_sql('m')})[1]"
    return f"({known} AND {rest} = 1)"


def _isin_holds(letters: Letters) -> BoolArray:
    values = digits(letters)
    total = np.zeros(len(letters), dtype=np.int64)
    double = np.zeros(len(letters), dtype=np.bool_)
    for column in values.T[::-1]:
        for part, there in ((column % 10, column >= 0), (column // 10, column > 9)):
            twice = part * 2 - np.where(part > 4, 9, 0)
            total += np.where(there, np.where(double, twice, part), 0)
            double = double ^ there
    right: BoolArray = total % 10 == 0
    return right


def _isin_sql() -> str:
    spelt = f"list_transform(range(1, 13), lambda i: CAST({_value('s', 'i')} AS VARCHAR))"
    return f"list_transform([array_to_string({spelt}, '')], lambda m: {_luhn_sql('m')})[1]"


def _lei_holds(letters: Letters) -> BoolArray:
    right: BoolArray = mod97(digits(letters)) == 1
    return right


def _vin_holds(letters: Letters) -> BoolArray:
    check = weighted(vin_values()[letters], VIN_WEIGHTS) % 11
    right: BoolArray = np.frombuffer(b"0123456789X", dtype=np.uint8)[check] == letters[:, 8]
    return right


def _vin_sql() -> str:
    table = vin_values()
    letters = [chr(i) for i in range(256) if table[i] >= 0]
    values = ", ".join(str(int(table[ord(c)])) for c in letters)
    order = "".join(letters)
    terms = [
        f"{w} * ([{values}])[strpos('{order}', substr(s, {i}, 1))]" for i, w in enumerate(VIN_WEIGHTS, 1) if w
    ]
    return f"substr('0123456789X', CAST(({' + '.join(terms)}) % 11 AS BIGINT) + 1, 1) = substr(s, 9, 1)"


def _validator(
    name: str, what: str, pattern: str, holds: Holds, sql: str, right: str, wrong: str, doc: str
) -> Function:
    return Function(
        name=name,
        family="validators",
        summary=f"Whether the text is {what} with the right check digits.",
        doc=doc + " Blanks and hyphens are passed over.",
        result=t.BOOL,
        kernel=_valid(pattern, holds),
        parameters=(Parameter("text", accepts.TEXT, "Any string."),),
        examples=(
            Example(f'{name}("{right}")', "bool", "true"),
            Example(f'{name}("{wrong}")', "bool", "false"),
        ),
        sql=lambda args, _: _test_sql(args["text"], pattern, sql),
    )


FUNCTIONS: Final = (
    _validator(
        "luhn_valid",
        "a number",
        "[0-9]{2,64}",
        _luhn_holds,
        _luhn_sql("s"),
        "4539 5787 6362 1486",
        "4539 5787 6362 1487",
        "By Luhn: bank cards, IMEIs and others.",
    ),
    _validator(
        "ean_valid",
        "an EAN, UPC or GTIN",
        "[0-9]{8}|[0-9]{12,14}",
        _gtin_holds,
        _gtin_sql("s"),
        "4006381333931",
        "4006381333932",
        "Of 8, 12, 13 or 14 digits.",
    ),
    _validator(
        "isbn_valid",
        "an ISBN",
        "97[89][0-9]{10}|[0-9]{9}[0-9X]",
        _isbn_holds,
        _isbn_sql(),
        "978-0-306-40615-7",
        "978-0-306-40615-8",
        "Of 13 or 10 places.",
    ),
    _validator(
        "iban_valid",
        "an IBAN",
        "[A-Z]{2}[0-9]{2}[A-Z0-9]{8,30}",
        _iban_holds,
        _iban_sql(),
        "DE89 3704 0044 0532 0130 00",
        "DE89 3704 0044 0532 0130 01",
        "Of a country that `iban` knows, of its length; the country's own check digits are not looked at.",
    ),
    _validator(
        "isin_valid",
        "an ISIN",
        "[A-Z]{2}[A-Z0-9]{9}[0-9]",
        _isin_holds,
        _isin_sql(),
        "US0378331005",
        "US0378331006",
        "The country may be any two letters.",
    ),
    _validator(
        "lei_valid",
        "an LEI",
        "[A-Z0-9]{18}[0-9]{2}",
        _lei_holds,
        f"{_mod97_sql('s')} = 1",
        "5493001KJTIIGC8Y1R12",
        "5493001KJTIIGC8Y1R13",
        "20 characters.",
    ),
    _validator(
        "vin_valid",
        "the number of a vehicle",
        "[A-HJ-NPR-Z0-9]{17}",
        _vin_holds,
        _vin_sql(),
        "1M8GDM9AXKP042788",
        "1M8GDM9A1KP042788",
        "With the North American check digit, which other continents do without.",
    ),
)
