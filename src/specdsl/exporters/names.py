"""Names of a spec as names of other languages."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Collection, Iterable


def pascal_case(text: str) -> str:
    """``order_lines`` as ``OrderLines``: letters and digits of ASCII, with no digit first."""
    plain = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.findall(r"[A-Za-z0-9]+", plain)
    name = "".join(word[:1].upper() + word[1:] for word in words) or "Type"
    return f"T{name}" if name[0].isdigit() else name


def unique_names(
    names: Iterable[str], style: Callable[[str], str], taken: Collection[str] = ()
) -> dict[str, str]:
    """Each of ``names`` in ``style``, with a number after it where another one, or one of ``taken``, looks
    the same."""
    used = set(taken)
    found: dict[str, str] = {}
    for name in dict.fromkeys(names):
        plain, count = style(name), 2
        own = plain
        while own in used:
            own, count = f"{plain}{count}", count + 1
        used.add(own)
        found[name] = own
    return found
