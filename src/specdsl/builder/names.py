"""Names as a spec writes them."""

from __future__ import annotations

import unicodedata

from specdsl.builder.errors import BuilderError

# These would begin a type where a name may stand, too.
_QUOTED_SOFT = frozenset({"list", "map", "struct", "tuple", "variant"})


def name_text(name: str) -> str:
    """``name``, in backticks where it is no identifier or the language's own. Raises BuilderError."""
    from specdsl.syntax.grammar import load_grammar

    if not isinstance(name, str) or not name.strip():
        raise BuilderError(f"a name is a text, not {name!r}")
    if any(c in name for c in "`\r\n"):
        raise BuilderError(f"{name!r} cannot be a name: it has a backtick or a line end in it")
    name = unicodedata.normalize("NFC", name)
    kind = load_grammar().words.get(name)
    own = kind is not None and (not kind.startswith("SOFT_") or name in _QUOTED_SOFT)
    return f"`{name}`" if own or not name.isidentifier() else name


def function_text(name: str) -> str:
    """The name of a function."""
    if not name.isidentifier():
        raise BuilderError(f"{name!r} is not the name of a function")
    return name
