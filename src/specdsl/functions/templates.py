"""Functions that fill in templates: ``#`` is a digit, ``@`` a capital letter."""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import lru_cache

from specdsl.datatypes import types as t
from specdsl.functions.arguments import stream_of
from specdsl.functions.entry import LOCALE, Constants, Example, Function, Invocation
from specdsl.functions.locales import IN_LOCALE
from specdsl.randomness.regexset import RegexSet, compile_regex
from specdsl.vectors.vector import Int64Array, Vector


@lru_cache(maxsize=128)
def template_set(templates: tuple[str, ...]) -> RegexSet:
    """All strings that the templates can become, as an indexable set. Templates that differ only in their
    digits are one (``+1-325-###`` and ``+1-417-###``), so that rows are not scattered over hundreds."""
    grouped: dict[str, list[str]] = {}
    for template in dict.fromkeys(templates):
        head = re.split(r"[#@]", template, maxsplit=1)[0]
        grouped.setdefault(template[len(head) :], []).append(head)
    options = []
    for tail, heads in grouped.items():
        start = "|".join(map(re.escape, heads))
        rest = re.escape(tail).replace(r"\#", "[0-9]").replace("#", "[0-9]").replace("@", "[A-Z]")
        options.append((f"(?:{start})" if len(heads) > 1 else start) + rest)
    return compile_regex("|".join(options))


def of_templates(
    name: str,
    family: str,
    summary: str,
    templates: Callable[[str], tuple[str, ...]],
    example: str,
    doc: str = "",
) -> Function:
    """A function that fills in one of a locale's templates; all results are equally
    likely, so templates with more blanks come more often."""

    def domain(args: Constants) -> int | None:
        locale = args.get(LOCALE)
        if not isinstance(locale, str):
            return None
        found = template_set(templates(locale))
        return found.size if found.distinct else None

    def at(call: Invocation, index: Int64Array) -> Vector:
        return Vector(t.STRING, template_set(templates(call.locale)).at(index))

    return Function(
        name=name,
        family=family,
        summary=summary,
        doc=doc,
        result=t.STRING,
        kernel=lambda call: Vector(t.STRING, template_set(templates(call.locale)).draw(stream_of(call))),
        parameters=(IN_LOCALE,),
        examples=(Example(f"{name}()", "string", f"such as {example}"),),
        draws=True,
        domain=domain,
        at=at,
    )
