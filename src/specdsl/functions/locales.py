"""The locale of a call: its argument ``locale``, else the one in force where it stands."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import replace
from typing import Final

from specdsl.functions import accepts
from specdsl.functions.entry import LOCALE, Constants, Function, Parameter

IN_LOCALE: Final = Parameter(
    "locale",
    accepts.TEXT,
    'Such as `"fr_FR"`, or a column of such; null for the locale of the table or dataset.',
    default=None,
)
"""The last parameter of every function whose values depend on the locale."""


def is_localized(function: Function) -> bool:
    """Whether the values of a function depend on the locale."""
    return IN_LOCALE in function.parameters


def localized(function: Function) -> Function:
    """The function with the parameter ``locale`` added."""
    return replace(function, parameters=(*function.parameters, IN_LOCALE))


def with_locale(constants: Constants, given: Collection[str], default: str) -> Constants:
    """``constants`` with the locale of the call under ``LOCALE``; without it where rows differ in their
    locale. ``given`` has the names of all arguments, ``default`` is the locale of the dataset."""
    if IN_LOCALE.name in given and IN_LOCALE.name not in constants:
        return constants
    return {**constants, LOCALE: constants.get(IN_LOCALE.name) or default}
