"""Finance: bank cards, accounts, securities, firms, currencies and prices."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, full, require
from specdsl.functions.check_digits import (
    Letters,
    digits,
    luhn,
    mod97,
    put,
    put_number,
    weighted,
    without_ten,
)
from specdsl.functions.codes import by_choice, choice, coded, last_digit, only
from specdsl.functions.currencies import CURRENCIES
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.mapping import mapped
from specdsl.functions.rounding import round_float
from specdsl.vectors.vector import Int64Array, Vector

_Check = Callable[[Letters], None]

# --- bank cards ----------------------------------------------------------------------------

_CARDS: Final[Mapping[str, tuple[str, _Check]]] = {
    brand: (template, last_digit(luhn))
    for brand, template in {
        "visa": "4##############!",
        "mastercard": "5[12345]#############!",
        "amex": "3[47]############!",
        "discover": "6011###########!",
        "jcb": "35[345678]############!",
        "diners": "3[68]###########!",
        "unionpay": "62#############!",
    }.items()
}

# --- accounts ------------------------------------------------------------------------------

ACCOUNTS: Final = {
    "AD": "n8 n12", "AE": "n19", "AL": "n24", "AT": "n16", "AZ": "a4 n20", "BA": "n14 k2", "BE": "n10 k2",
    "BG": "a4 n14", "BH": "a4 n14", "BR": "n23 a1 n1", "BY": "a4 n20", "CH": "n17", "CR": "n18", "CY": "n24",
    "CZ": "n20", "DE": "n18", "DK": "n14", "DO": "a4 n20", "EE": "n16", "ES": "n8 k2 n10", "FI": "n14",
    "FO": "n14", "FR": "n21 k2", "GB": "a4 n14", "GE": "a2 n16", "GI": "a4 n15", "GL": "n14", "GR": "n23",
    "GT": "a4 n20", "HR": "n17", "HU": "n24", "IE": "a4 n14", "IL": "n19", "IS": "n22", "IT": "a1 n22",
    "JO": "a4 n22", "KW": "a4 n22", "KZ": "n16", "LB": "n24", "LI": "n17", "LT": "n16", "LU": "n16",
    "LV": "a4 n13", "MC": "n21 k2", "MD": "a2 n18", "ME": "n16 k2", "MK": "n13 k2", "MT": "a4 n23",
    "NL": "a4 n10", "NO": "n9 z1 k1", "PK": "a4 n16", "PL": "n24", "PS": "a4 n21", "PT": "n19 k2",
    "QA": "a4 n21", "RO": "a4 n16", "RS": "n16 k2", "SA": "n20", "SE": "n20", "SI": "n13 k2",
    "SK": "n20", "SM": "a1 n22",
    "TN": "n20", "TR": "n22", "UA": "n25", "VG": "a4 n16", "XK": "n14 k2",
}  # fmt: skip
"""The account within the country: n digits, a letters, k check digits of the country's own, z a 0. Where the
registry of SWIFT allows letters and digits there are digits."""


def account_template(country: str) -> str:
    """The template of a country's IBAN."""
    marks = {"n": "#", "a": "@", "k": "!", "z": "0"}
    return f"{country}!!" + "".join(marks[p[0]] * int(p[1:]) for p in ACCOUNTS[country].split())


def _remainder(values: Int64Array, modulus: int) -> Int64Array:
    """The number that digits spell, by ``modulus``."""
    rest = np.zeros(len(values), dtype=np.int64)
    for place, column in enumerate(values.T, 1):
        rest *= 10
        rest += column
        if place % 12 == 0:
            rest %= modulus
    return rest % modulus


def _national(country: str) -> _Check | None:
    """Fills in the country's own check digits of an account at place 4 and on."""
    match country:
        case "BE":

            def be(x: Letters) -> None:
                rest = _remainder(digits(x, slice(4, 14)), 97)
                put_number(x, 14, 2, np.where(rest == 0, 97, rest))

            return be
        case "ES":

            def es(x: Letters) -> None:
                weights = (1, 2, 4, 8, 5, 10, 9, 7, 3, 6)
                for column, values in ((12, digits(x, slice(4, 12))), (13, digits(x, slice(14, 24)))):
                    check = -weighted(values, weights[10 - values.shape[1] :]) % 11
                    put(x, column, np.where(check == 10, 1, check))

            return es
        case "FR" | "MC":

            def fr(x: Letters) -> None:
                values = (digits(x, slice(4, 9)), digits(x, slice(9, 14)), digits(x, slice(14, 25)))
                bank, branch, account = (_remainder(v, 97) for v in values)
                put_number(x, 25, 2, 97 - (89 * bank + 15 * branch + 3 * account) % 97)

            return fr
        case "BA" | "ME" | "MK" | "PT" | "RS" | "SI" | "XK":

            def iso(x: Letters) -> None:
                end = x.shape[1] - 2
                put_number(x, end, 2, 98 - _remainder(digits(x, slice(4, end)), 97) * 100 % 97)

            return iso
        case "NO":

            def no(x: Letters) -> None:
                weights = (5, 4, 3, 2, 7, 6, 5, 4, 3, 2)
                without_ten(x, 13, 14, lambda: -weighted(digits(x, slice(4, 14)), weights) % 11)

            return no
        case _:
            return None


def _iban_check(country: str) -> _Check:
    national = _national(country)

    def check(x: Letters) -> None:
        if national is not None:
            national(x)
        put_number(
            x, 2, 2, 98 - mod97(digits(x, [*range(4, x.shape[1]), 0, 1, 2, 3]))
        )  # places 2 and 3 are still 00

    return check


_IBAN: Final = {country: (account_template(country), _iban_check(country)) for country in ACCOUNTS}


def _nothing(_: Letters) -> None:
    """No check digit."""


_BIC: Final = {
    c: (f"@@@@{c}[ABCDEFGHJKLMNPQRSTUVWXYZ23456789][ABCDEFGHJKLMNPQRSTUVWXYZ]", _nothing) for c in ACCOUNTS
}


# --- securities and firms ------------------------------------------------------------------


def _isin_check(x: Letters) -> None:
    """Luhn over the digits, letters counting as two."""
    values = digits(x, slice(0, 11))
    total = np.zeros(len(x), dtype=np.int64)
    double = np.ones(len(x), dtype=np.bool_)  # the digit next to the check is doubled
    for column in values.T[::-1]:
        units, tens = column % 10, column // 10
        total += _luhn_part(units, double)
        wide = column > 9
        total += np.where(wide, _luhn_part(tens, ~double), 0)
        double = np.where(wide, double, ~double)
    put(x, 11, -total % 10)


def _luhn_part(values: Int64Array, double: Any) -> Int64Array:
    twice = values * 2
    return np.where(double, twice - np.where(twice > 9, 9, 0), values)


_ISIN_COUNTRIES: Final = (
    "AT",
    "AU",
    "BE",
    "CA",
    "CH",
    "DE",
    "DK",
    "ES",
    "FI",
    "FR",
    "GB",
    "IE",
    "IT",
    "JP",
    "LU",
)
_ISIN: Final = {
    c: (f"{c}*#######" + "*!", _isin_check) for c in (*_ISIN_COUNTRIES, "NL", "NO", "SE", "SG", "US")
}


def _lei_check(x: Letters) -> None:
    put_number(x, 18, 2, 98 - mod97(digits(x)))


def _routing_check(x: Letters) -> None:
    put(x, 8, -weighted(digits(x, slice(0, 8)), (3, 7, 1, 3, 7, 1, 3, 7)) % 10)


# --- currencies ----------------------------------------------------------------------------


def _of_currency(
    name: str,
    place: int,
    summary: str,
    doc: str,
    result: t.DataType,
    examples: tuple[Example, ...],
    aliases: tuple[str, ...],
) -> Function:
    facts = {code: entry[place] for code, entry in CURRENCIES.items()}

    def kernel(call: Invocation) -> Vector:
        def look_up(values: Any) -> Any:
            from specdsl.vectors import strings

            found = [facts.get(v) for v in values.to_pylist()]
            if isinstance(result, t.Int):
                return np.array([-1 if v is None else v for v in found], dtype=np.int64)
            return strings.from_python(["" if v is None else str(v) for v in found])

        out = mapped(call, "code", look_up)
        return Vector(out.type, out.data, _known(call))

    def sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
        whens = " ".join(f"WHEN '{code}' THEN {_sql_value(value)}" for code, value in facts.items())
        return f"CASE {args['code']} {whens} END"

    return Function(
        name=name,
        family="finance",
        summary=summary,
        doc=doc + " Null for what is no code of ISO 4217.",
        result=result,
        kernel=kernel,
        parameters=(Parameter("code", accepts.TEXT, 'Three capitals, such as "EUR".'),),
        examples=examples,
        sql=sql,
        makes_null=True,
        aliases=aliases,
    )


def _sql_value(value: int | str) -> str:
    return str(value) if isinstance(value, int) else "'" + value.replace("'", "''") + "'"


def _known(call: Invocation) -> Any:
    """Where the argument is a code of a currency."""
    return mapped(
        Invocation(call.n, call.rows, call.args, t.BOOL, call.locale, types=call.types),
        "code",
        lambda values: np.array([v in CURRENCIES for v in values.to_pylist()], dtype=np.bool_),
    ).data


# --- prices --------------------------------------------------------------------------------


def _charm_price(call: Invocation) -> Vector:
    x, ending = np.atleast_1d(np.asarray(floats(call, "x"))), np.asarray(floats(call, "ending"))
    require(call, "ending", (ending >= 0) & (ending < 1), ending, "it lies from 0 up to 1")
    return full(call, np.maximum(round_float(x - ending), 0.0) + ending)


def _charm_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    x, ending = f"CAST({args['x']} AS DOUBLE)", f"CAST({args['ending']} AS DOUBLE)"
    whole = f"round({x} - {ending})"
    return f"(CASE WHEN {whole} < 0 THEN 0.0::DOUBLE ELSE {whole} END + {ending})"


FUNCTIONS: Final = (
    coded(
        "credit_card",
        "finance",
        "The number of a bank card: right first digits, length and check digit.",
        "Only digits. The card may exist: never try one anywhere.",
        by_choice(_CARDS, "brand"),
        (
            Example('credit_card("visa")', "string", 'such as "4539578763621486"'),
            Example("credit_card()", "string", "of any brand"),
        ),
        (choice("brand", "The brand.", tuple(_CARDS)),),
        ("card_number", "pan"),
    ),
    coded(
        "iban",
        "finance",
        "The number of a bank account (IBAN) in the form of its country, with check digits.",
        "Also with the check digits of their own of BA, BE, ES, FR, MC, ME, MK, NO, PT, RS, SI and XK. "
        "Without blanks. Bank and account are drawn; the account may exist.",
        by_choice(_IBAN, "country"),
        (
            Example('iban("DE")', "string", 'such as "DE89370400440532013000"'),
            Example("iban()", "string", "of any country"),
        ),
        (choice("country", "Two letters.", tuple(ACCOUNTS)),),
        ("bank_account", "account_number"),
    ),
    coded(
        "bic",
        "finance",
        "The code of a bank (BIC, SWIFT code): eight characters.",
        "Four letters, the country, two for the place. The bank is made up.",
        by_choice(_BIC, "country"),
        (Example('bic("DE")', "string", 'such as "QXRADE7H"'),),
        (choice("country", "Two letters.", tuple(ACCOUNTS)),),
        ("swift", "swift_code"),
    ),
    coded(
        "isin",
        "finance",
        "The number of a security (ISIN): a country, nine characters, a check digit.",
        "The security may exist.",
        by_choice(_ISIN, "country"),
        (Example('isin("US")', "string", 'such as "US0378331005"'),),
        (choice("country", "Two letters.", tuple(_ISIN)),),
        ("cusip", "security_id"),
    ),
    coded(
        "lei",
        "finance",
        "The identifier of a legal entity (LEI): 20 characters, the last two check digits.",
        "The firm may exist.",
        only("####00" + "*" * 12 + "!!", _lei_check),
        (Example("lei()", "string", 'such as "529900T8BM49AURSDO55"'),),
        aliases=("legal_entity",),
    ),
    coded(
        "routing_number",
        "finance",
        "The nine digits of an American bank (ABA routing number), with the check digit.",
        "Begins with 01 to 12. The bank may exist.",
        by_choice(
            {"01-09": ("0[123456789]######!", _routing_check), "10-12": ("1[012]######!", _routing_check)},
            "district",
        ),
        (Example("routing_number()", "string", 'such as "021000021"'),),
        (choice("district", "The first two digits.", ("01-09", "10-12")),),
        ("aba", "aba_number"),
    ),
    _of_currency(
        "currency_decimals",
        0,
        "How many digits after the point amounts of a currency have (ISO 4217).",
        "2 of most, 0 of the yen, 3 of the Kuwaiti dinar.",
        t.INT,
        (Example('currency_decimals("JPY")', "int?", "0"),),
        ("minor_unit", "currency_exponent"),
    ),
    _of_currency(
        "currency_name",
        1,
        "The English name of a currency.",
        "As ISO 4217 has it.",
        t.STRING,
        (Example('currency_name("SEK")', "string?", "Swedish Krona"),),
        (),
    ),
    _of_currency(
        "currency_symbol",
        2,
        "The sign of a currency, its code where it has none.",
        "Several currencies share a sign: $ stands for USD, CAD, AUD and others.",
        t.STRING,
        (Example('currency_symbol("EUR")', "string?", "€"),),
        (),
    ),
    Function(
        name="charm_price",
        family="finance",
        summary="The price next to `x` that ends in .99, or in another `ending`.",
        doc="`price decimal(8, 2) = charm_price(lognormal(mean: 3, sigma: 0.8))` makes shop prices. Never "
        "below the "
        "ending itself.",
        result=t.FLOAT,
        kernel=_charm_price,
        parameters=(
            Parameter("x", accepts.REAL, "Any amount."),
            Parameter(
                "ending",
                accepts.REAL,
                "What comes after the point.",
                default=0.99,
                minimum=0,
                maximum=1,
                exclusive_maximum=True,
            ),
        ),
        examples=(
            Example("charm_price(23.4)", "decimal(8, 2)", "22.99"),
            Example("charm_price(23.4, ending: 0.95)", "decimal(8, 2)", "22.95"),
        ),
        sql=_charm_sql,
        aliases=("price", "psychological_price"),
    ),
)
