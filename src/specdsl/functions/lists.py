"""Functions that draw from a list of strings, or from the product of several."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import LOCALE, Constants, Example, Function, Invocation
from specdsl.functions.locales import IN_LOCALE
from specdsl.functions.wordlists import array
from specdsl.vectors.vector import Int64Array, Vector

Words = Callable[[str], tuple[str, ...]]
"""The list of a locale."""


def coded(values: tuple[str, ...], codes: Any) -> Vector:
    """The strings at ``codes`` as a dictionary over ``values``."""
    from specdsl.vectors import strings

    return Vector(t.STRING, strings.dictionary(codes, array(values)))


def of_list(
    name: str,
    family: str,
    summary: str,
    words: Words,
    example: str,
    doc: str = "",
    note: str = "",
    *,
    in_locale: bool = True,
) -> Function:
    """A function that draws from a locale's list, or from one list for all of them (not ``in_locale``); all
    entries are equally likely."""

    def kernel(call: Invocation) -> Vector:
        values = words(call.locale)
        return coded(values, stream_of(call).below(len(values)))

    def at(call: Invocation, index: Int64Array) -> Vector:
        return coded(words(call.locale), index)

    def domain(args: Constants) -> int | None:
        locale = args.get(LOCALE)
        return len(words(locale)) if isinstance(locale, str) else None

    whose = "locale's list" if in_locale else "list"
    return Function(
        name=name,
        family=family,
        summary=summary,
        doc=doc or f"All entries of the {whose} are equally likely.",
        result=t.STRING,
        kernel=kernel,
        parameters=(IN_LOCALE,) if in_locale else (),
        examples=(Example(f"{name}()", "string", note or f"such as {example}"),),
        draws=True,
        domain=domain,
        at=at,
    )


def joined(parts: list[Any], separator: str) -> Any:
    """Arrow strings joined value by value (plain or dictionary arrays of one length)."""
    import pyarrow.compute as pc

    from specdsl.vectors import strings

    return pc.binary_join_element_wise(*[strings.plain(p) for p in parts], separator)


def split_index(index: Int64Array, sizes: list[int]) -> list[Int64Array]:
    """The digits of ``index`` in the mixed radix ``sizes``, first the most significant."""
    digits: list[Int64Array] = []
    rest = index
    for size in reversed(sizes):
        rest, digit = np.divmod(rest, size)
        digits.append(digit)
    return digits[::-1]
