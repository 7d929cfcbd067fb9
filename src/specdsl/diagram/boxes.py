"""The boxes of entities: how large they are and where in them a line may end. Lengths are in SVG units."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.diagram.measure import text_width
from specdsl.diagram.model import Entity

TITLE = 32.0
ROW = 21.0
PAD = 11.0
NAME_SIZE = 12.5
TITLE_SIZE = 14.0
TYPE_SIZE = 11.0
MARKS = 30.0  # room for PK, FK, UK at the left of a row
_LEAST = 130.0
_NAME_MOST = 190.0
TYPE_MOST = 120.0


@dataclass(frozen=True, slots=True)
class Box:
    """An entity's box without its place. ``marks``: room at the left of each row for PK, FK and UK."""

    entity: Entity
    width: float
    height: float
    marks: float

    def port(self, attribute: str) -> float:
        """How far below the top a line to the row of ``attribute`` ends; at the title where it has none."""
        for i, a in enumerate(self.entity.attributes):
            if a.name == attribute:
                return TITLE + ROW * (i + 0.5)
        return TITLE / 2


def box_of(entity: Entity) -> Box:
    """The box that holds the entity's title and rows."""
    both = any(len(a.marks) > 1 for a in entity.attributes)
    marks = (MARKS + 18.0 if both else MARKS) if any(a.marks for a in entity.attributes) else 0.0
    widest = 0.0
    for a in entity.attributes:
        name = min(text_width(a.name, NAME_SIZE), _NAME_MOST)
        kind = min(text_width(a.type + ("?" if a.nullable else ""), TYPE_SIZE), TYPE_MOST)
        widest = max(widest, marks + name + 18 + kind)
    title = text_width(entity.name, TITLE_SIZE * 1.08) + (34 if entity.derived else 0)
    width = max(_LEAST, 2 * PAD + max(title, widest))
    rows = len(entity.attributes) + (1 if entity.omitted else 0)
    return Box(entity, round(width), TITLE + ROW * rows + (5 if rows else 0), marks)
