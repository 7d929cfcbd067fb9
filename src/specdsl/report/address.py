"""Where in the page a table's section is: names that cannot break out of an attribute or clash."""

from __future__ import annotations


def table_id(name: str) -> str:
    """The id of the section of table ``name``."""
    return "table-" + "".join(
        c if c.isascii() and (c.isalnum() or c == "_") else f"-{ord(c):x}-" for c in name
    )


def table_address(name: str) -> str:
    """A link to it."""
    return f"#{table_id(name)}"
