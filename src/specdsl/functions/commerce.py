"""Commerce: companies, currencies, banks, products' traits."""

from __future__ import annotations

from typing import Final

from specdsl.datatypes import types as t
from specdsl.functions.currencies import CURRENCIES
from specdsl.functions.entry import Example, Function, Invocation
from specdsl.functions.lists import of_list
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.wordlists import entry, words
from specdsl.vectors.vector import Vector


def _currencies(_: str) -> tuple[str, ...]:
    """Those in use: the library's list has withdrawn ones, metals and funds too."""
    return tuple(CURRENCIES)


def _home_currency(call: Invocation) -> Vector:
    from specdsl.vectors import strings

    return Vector(t.STRING, strings.constant(str(entry(call.locale, "finance", "currency-code")), call.n))


FUNCTIONS: Final = (
    of_list(
        "company",
        "commerce",
        "The name of a company.",
        lambda locale: words(locale, "finance", "company", "name"),
        '"Infinity Investment Plan"',
    ),
    of_list(
        "company_suffix",
        "commerce",
        "A short legal form of companies.",
        lambda locale: words(locale, "finance", "company", "type", "abbr"),
        '"Inc." or "GmbH"',
    ),
    of_list(
        "bank",
        "commerce",
        "The name of a bank.",
        lambda locale: words(locale, "finance", "banks"),
        '"Ally Bank"',
    ),
    of_list(
        "currency_code",
        "commerce",
        "The code of a currency in use (ISO 4217).",
        _currencies,
        '"EUR"',
        doc="All are equally likely. `currency_name`, `currency_symbol` and `currency_decimals` know each.",
        in_locale=False,
    ),
    Function(
        name="home_currency",
        family="commerce",
        summary="The code of the locale's own currency.",
        doc="Always the same.",
        result=t.STRING,
        kernel=_home_currency,
        parameters=(IN_LOCALE,),
        examples=(Example("home_currency()", "string", '"USD"'),),
    ),
    of_list(
        "color",
        "commerce",
        "The name of a colour, in the locale's language.",
        lambda locale: words(locale, "text", "color"),
        '"Beige"',
    ),
    of_list(
        "dish",
        "commerce",
        "The name of a dish.",
        lambda locale: words(locale, "food", "dishes"),
        '"Alphabet pasta"',
    ),
    of_list(
        "fruit",
        "commerce",
        "The name of a fruit.",
        lambda locale: words(locale, "food", "fruits"),
        '"Apricot"',
    ),
    of_list(
        "vegetable",
        "commerce",
        "The name of a vegetable.",
        lambda locale: words(locale, "food", "vegetables"),
        '"Artichoke"',
    ),
)
