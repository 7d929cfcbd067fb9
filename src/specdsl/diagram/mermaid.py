"""A diagram as Mermaid's ``erDiagram``.

Names in Mermaid's grammar are narrower than ours: entities are quoted, attributes that are no plain
words get underscores (and their own name as the comment), types of several words lose their blanks.
"""

from __future__ import annotations

import re

from specdsl.diagram.model import Attribute, Cardinality, Diagram, Entity, Relationship

_PLAIN = re.compile(r"[A-Za-z][A-Za-z0-9_]*")
_LEFT = {(0, False): "|o", (1, False): "||", (0, True): "}o", (1, True): "}|"}
_RIGHT = {(0, False): "o|", (1, False): "||", (0, True): "o{", (1, True): "|{"}


def mermaid(diagram: Diagram) -> str:
    """The text of the diagram, ending with a newline."""
    names = {entity.name: f"t{i}" for i, entity in enumerate(diagram.entities)}
    lines = ["erDiagram"]
    for entity in diagram.entities:
        lines += _entity(entity, names[entity.name])
    lines += [_relationship(r, names) for r in diagram.relationships]
    return "\n".join(lines) + "\n"


def _entity(entity: Entity, name: str) -> list[str]:
    head = f"  {_reference(entity.name, name)}"
    if not entity.attributes:
        return [head]
    taken: set[str] = set()
    return [f"{head} {{", *(f"    {_attribute(a, taken)}" for a in entity.attributes), "  }"]


def _reference(name: str, alias: str) -> str:
    """The name as it is where it is a plain word, else an alias that shows it in quotes."""
    return name if _plain(name) else f'{alias}["{_text(name)}"]'


# What Mermaid's lexer takes for a word of its own, found by trying; and a few that it may take yet.
_WORDS = frozenset({"accdescr", "acctitle", "class", "classdef", "click", "default", "direction", "end"})
_WORDS |= {"erdiagram", "linkstyle", "many", "one", "only", "optionally", "style", "subgraph", "title", "to"}
_MARKS = frozenset({"pk", "fk", "uk"})


def _plain(name: str) -> bool:
    return _PLAIN.fullmatch(name) is not None and name.lower() not in _WORDS


def _attribute(attribute: Attribute, taken: set[str]) -> str:
    name = re.sub(r"[^A-Za-z0-9_]", "_", attribute.name)
    if not name[:1].isalpha() or name.lower() in _MARKS:
        name = f"c_{name.lstrip('_')}"
    while name in taken:
        name += "_"
    taken.add(name)
    said = [attribute.name] if name != attribute.name else []
    said += ["nullable"] if attribute.nullable else []
    said += [attribute.doc] if attribute.doc else []
    parts = [_type(attribute.type), name]
    if attribute.marks:
        parts.append(", ".join(attribute.marks))
    if said:
        parts.append(f'"{_text(": ".join(said))}"')
    return " ".join(parts)


def _type(text: str) -> str:
    """A type as one word of the characters that Mermaid takes: ``decimal(10-2)``, ``list(string)``."""
    text = re.sub(r"\s*\{.*", "", text)  # the fields of a struct
    text = text.replace("<", "(").replace(">", ")").replace("?", "")
    text = re.sub(r",\s*", "-", text)
    text = re.sub(r"[^A-Za-z0-9_()\[\]-]", "", text)
    return text if text[:1].isalpha() and text.lower() not in _MARKS else f"t_{text}"


def _relationship(relationship: Relationship, names: dict[str, str]) -> str:
    parent, child = (
        name if _plain(name) else names[name] for name in (relationship.parent, relationship.child)
    )
    line = "--" if relationship.identifying else ".."
    left = _LEFT[_ends(relationship.parents)]
    right = _RIGHT[_ends(relationship.children)]
    label = "read by" if relationship.reads else relationship.name
    return f'  {parent} {left}{line}{right} {child} : "{_text(label)}"'


def _ends(cardinality: Cardinality) -> tuple[int, bool]:
    return cardinality.low, cardinality.many


def _text(text: str) -> str:
    """Text within quotes: no quotes of its own, no line breaks; entities as Mermaid writes them."""
    return "".join(_CODES.get(c, c if c.isprintable() else " ") for c in text)


_CODES = {"#": "#35;", '"': "#quot;", "<": "#lt;", ">": "#gt;", "%": "#37;", "\\": "#92;"}
