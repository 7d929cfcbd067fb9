"""HTML that is escaped by construction: text becomes markup only through ``tag`` and ``raw``."""

from __future__ import annotations

from collections.abc import Iterable
from html import escape

from specdsl.version import VERSION

_VOID = frozenset({"br", "col", "hr", "img", "input", "link", "meta"})
_TOP = {" ", "\n", "\t"}


class Html(str):
    """Markup. Strings that are not of this class are text, and are escaped where they meet markup."""

    __slots__ = ()


def raw(markup: str) -> Html:
    """``markup`` as it is: for markup of ours that was made elsewhere, never for anything from a spec or
    from data."""
    return Html(markup)


def text(value: object) -> Html:
    """``value`` as text: escaped, and characters that nobody sees (control, bidirectional overrides)
    replaced, so that a value can neither hide nor turn what stands beside it."""
    if isinstance(value, Html):
        return value
    return Html(escape("".join(c if c in _TOP or c.isprintable() else "\ufffd" for c in str(value))))


def join(*children: object) -> Html:
    """The children one after the other; None is left out, iterables are taken apart."""
    out: list[str] = []
    for child in children:
        if child is None:
            continue
        if isinstance(child, (str, int, float)):
            out.append(text(child))
        elif isinstance(child, Iterable):
            out.append(join(*child))
        else:
            out.append(text(child))
    return Html("".join(out))


def tag(name: str, /, *children: object, **attributes: object) -> Html:
    """An element. Attributes: ``class_`` is class, an underscore within is a hyphen, True is an attribute
    without value, None and False leave it out."""
    parts = [name]
    for key, value in attributes.items():
        if value is None or value is False:
            continue
        label = key.rstrip("_").replace("_", "-")
        parts.append(label if value is True else f'{label}="{text(value)}"')
    start = f"<{' '.join(parts)}>"
    return Html(start if name in _VOID else f"{start}{join(*children)}</{name}>")


def document_head(title: str, css: str, policy: str) -> Html:
    """The head of a page of its own. ``policy``: what the page may load (Content-Security-Policy)."""
    return tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=policy),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("meta", name="generator", content=f"specdsl {VERSION}"),
        tag("meta", name="color-scheme", content="light dark"),
        tag("title", title),
        tag("style", raw(css)),
    )
