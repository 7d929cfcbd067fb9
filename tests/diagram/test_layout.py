from __future__ import annotations

import xml.etree.ElementTree as ElementTree
from itertools import combinations, pairwise

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.diagram.layers import acyclic, layers_of
from specdsl.diagram.layout import Layout, Line, PlacedBox, layout
from specdsl.diagram.model import Diagram
from specdsl.diagram.svg import svg
from tests.diagram.making import entity, relationship, university


@st.composite
def diagrams(draw: st.DrawFn) -> Diagram:
    """1 to 40 tables with up to 60 references: cycles, references to themselves, tables by themselves."""
    tables = draw(st.integers(1, 40))
    columns = draw(st.lists(st.integers(0, 8), min_size=tables, max_size=tables))
    number = st.integers(0, tables - 1)
    pairs = draw(st.lists(st.tuples(number, number, st.integers(0, 7)), max_size=60))
    entities = tuple(entity(i, n) for i, n in enumerate(columns))
    return Diagram("d", entities, tuple(relationship(*p) for p in dict.fromkeys(pairs)))


def overlap(a: PlacedBox, b: PlacedBox) -> bool:
    return (
        a.x < b.x + b.box.width
        and b.x < a.x + a.box.width
        and a.y < b.y + b.box.height
        and b.y < a.y + a.box.height
    )


def crosses(line: Line, box: PlacedBox) -> bool:
    """Whether a piece of the line lies inside the box (its edges are not inside)."""
    for (x1, y1), (x2, y2) in pairwise(line.points):
        left, right, top, bottom = min(x1, x2), max(x1, x2), min(y1, y2), max(y1, y2)
        if (
            left < box.x + box.box.width - 0.6
            and right > box.x + 0.6
            and top < box.y + box.box.height - 0.6
            and bottom > box.y + 0.6
        ):
            return True
    return False


def check(made: Layout) -> None:
    boxes = {b.box.entity.name: b for b in made.boxes}
    assert not [(a, b) for a, b in combinations(made.boxes, 2) if overlap(a, b)]
    for line in made.lines:
        ends = (
            (line.relationship.parent, line.points[0], line.parent_direction),
            (line.relationship.child, line.points[-1], line.child_direction),
        )
        for name, (x, y), direction in ends:
            box = boxes[name]
            assert x == pytest.approx(box.x + (box.box.width if direction > 0 else 0))
            assert box.y <= y <= box.y + box.box.height
        assert all(a[0] == b[0] or abs(a[1] - b[1]) < 0.51 for a, b in pairwise(line.points)), "right angles"
        assert not [b for b in made.boxes if crosses(line, b)]
    for x, y in [p for line in made.lines for p in line.points]:
        assert 0 < x < made.width
        assert 0 < y < made.height
    assert all(b.x + b.box.width < made.width and b.y + b.box.height < made.height for b in made.boxes)


@given(diagrams())
@settings(max_examples=40, deadline=None)
def test_nothing_overlaps(diagram: Diagram) -> None:
    made = layout(diagram)
    assert len(made.boxes) == len(diagram.entities)
    assert len(made.lines) == len(diagram.relationships)
    check(made)


@given(diagrams())
@settings(max_examples=40, deadline=None)
def test_parents_stand_left(diagram: Diagram) -> None:
    names = [e.name for e in diagram.entities]
    pairs = [(r.parent, r.child) for r in diagram.relationships if r.parent != r.child]
    edges = acyclic(names, pairs)
    assert all(set(a) == set(b) for a, b in zip(edges, pairs, strict=True))
    layer = layers_of(names, edges, dict.fromkeys(names, 100.0), 400.0)
    assert all(layer[a] < layer[b] for a, b in edges)
    assert set(layer.values()) == set(range(max(layer.values()) + 1))


def test_a_cycle_and_a_long_chain() -> None:
    nodes = ["a", "b", "c"]
    assert acyclic(nodes, [("a", "b"), ("b", "c"), ("c", "a")]) == [("a", "b"), ("b", "c"), ("a", "c")]
    count = 1200  # deeper than Python's stack
    chain = Diagram(
        "d",
        tuple(entity(i, 1) for i in range(count)),
        tuple(relationship(i, i + 1, 0) for i in range(count - 1)),
    )
    assert len({b.x for b in layout(chain).boxes}) == count


def test_empty() -> None:
    root = ElementTree.fromstring(svg(Diagram("d", (), ())))
    assert root.tag == "{http://www.w3.org/2000/svg}svg"


def test_svg() -> None:
    text = svg(university(), link=lambda name: f"#{name}")
    root = ElementTree.fromstring(text)
    space = {"s": "http://www.w3.org/2000/svg"}
    titles = [t.text for t in root.findall(".//s:text[@class='er-title']", space)]
    assert sorted(map(str, titles)) == sorted(e.name for e in university().entities)
    assert len(root.findall(".//s:a", space)) == 6
    assert len(root.findall(".//s:g[@class='er-line']", space)) == 6
    assert len(root.findall(".//s:g[@class='er-line er-reads']", space)) == 1
    told = [t.text for t in root.findall(".//s:g[@class='er-line']/s:title", space)]
    assert (
        "enrolments.student_id -> students: one row of students for each; at least one of enrolments for each "
        "students"
    ) in told


def test_names_are_escaped() -> None:
    hostile = entity(0, 1)
    hostile = type(hostile)('<script>&"\x00\u202e', hostile.attributes, 0, False, "</title>")
    text = svg(Diagram("]]><x>", (hostile,), ()))
    ElementTree.fromstring(text)
    assert "<script" not in text
    assert "\u202e" not in text
