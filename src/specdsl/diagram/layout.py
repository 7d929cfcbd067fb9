"""Where everything stands: boxes in layers, lines at right angles between them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from specdsl.diagram.boxes import Box, box_of
from specdsl.diagram.layers import acyclic, layers_of
from specdsl.diagram.model import Diagram, Relationship
from specdsl.diagram.ordering import ordered
from specdsl.diagram.placing import Link, placed

MARGIN = 16.0
_GAP = 26.0  # between boxes of a layer
_PASSAGE = 6.0  # the height of a line that passes a layer
_CLOSE = 10.0  # between lines that pass a layer
_MOUTH = 30.0  # the part of a gutter next to a box, which the signs of cardinality need
_TRACK = 9.0  # between two vertical lines
_HIGHEST = 820.0
_WIDEST = 1200.0  # parts that have nothing to do with each other stand side by side up to this width

Point = tuple[float, float]


@dataclass(frozen=True, slots=True)
class PlacedBox:
    """A box and its top left corner."""

    box: Box
    x: float
    y: float


@dataclass(frozen=True, slots=True)
class Line:
    """A relationship as points from the parent's box to the child's; directions are +1 where the line
    leaves a box to the right, -1 to the left."""

    relationship: Relationship
    points: tuple[Point, ...]
    parent_direction: int
    child_direction: int


@dataclass(frozen=True, slots=True)
class Layout:
    """A diagram with places. The whole is ``width`` by ``height``."""

    boxes: tuple[PlacedBox, ...]
    lines: tuple[Line, ...]
    width: float
    height: float


@dataclass(slots=True)
class _Route:
    """One relationship through the layers: its nodes from left to right, dummies between them."""

    relationship: Relationship
    nodes: list[str]
    turned: bool
    ports: list[float] = field(default_factory=list)


def layout(diagram: Diagram) -> Layout:
    """Places for the entities and lines of ``diagram``."""
    boxes = {e.name: box_of(e) for e in diagram.entities}
    parts = _parts(diagram)
    shapes = [_part([boxes[n] for n in names], relationships) for names, relationships in parts]
    out_boxes: list[PlacedBox] = []
    out_lines: list[Line] = []
    x = y = MARGIN
    shelf = width = 0.0
    for boxes_, lines, (part_width, part_height) in sorted(shapes, key=lambda s: -len(s[0])):
        if x > MARGIN and x + part_width > max(_WIDEST, width):
            x, y, shelf = MARGIN, y + shelf + _GAP, 0.0
        out_boxes += [PlacedBox(b.box, b.x + x, b.y + y) for b in boxes_]
        out_lines += [
            Line(
                line.relationship,
                tuple((px + x, py + y) for px, py in line.points),
                line.parent_direction,
                line.child_direction,
            )
            for line in lines
        ]
        width = max(width, x + part_width)
        shelf = max(shelf, part_height)
        x += part_width + 2 * _GAP
    return Layout(tuple(out_boxes), tuple(out_lines), width + MARGIN, y + shelf + MARGIN)


def _parts(diagram: Diagram) -> list[tuple[list[str], list[Relationship]]]:
    """The connected parts of the diagram, each in the order of the text."""
    group = {e.name: e.name for e in diagram.entities}

    def root(name: str) -> str:
        while group[name] != name:
            group[name] = group[group[name]]
            name = group[name]
        return name

    for r in diagram.relationships:
        group[root(r.child)] = root(r.parent)
    out: dict[str, tuple[list[str], list[Relationship]]] = {}
    for entity in diagram.entities:
        out.setdefault(root(entity.name), ([], []))[0].append(entity.name)
    for r in diagram.relationships:
        out[root(r.parent)][1].append(r)
    return list(out.values())


def _part(
    boxes: Sequence[Box], relationships: Sequence[Relationship]
) -> tuple[list[PlacedBox], list[Line], tuple[float, float]]:
    by_name = {b.entity.name: b for b in boxes}
    names = list(by_name)
    across = [r for r in relationships if r.parent != r.child]
    edges = acyclic(names, [(r.parent, r.child) for r in across])
    heights = {n: b.height + _GAP for n, b in by_name.items()}
    layer = layers_of(names, edges, heights, max(_HIGHEST, *heights.values()))
    layers: list[list[str]] = [[] for _ in range(max(layer.values()) + 1)]
    for name in names:
        layers[layer[name]].append(name)
    routes = []
    for i, (r, (left, right)) in enumerate(zip(across, edges, strict=True)):
        dummies = []
        for at in range(layer[left] + 1, layer[right]):
            dummy = f"\0{i}.{at}"
            layers[at].append(dummy)
            dummies.append(dummy)
        routes.append(_Route(r, [left, *dummies, right], left != r.parent))
    _set_ports(routes, relationships, by_name)
    links = [
        Link(
            a,
            route.ports[i] if i == 0 else _PASSAGE / 2,
            b,
            route.ports[1] if _last(route, i) else _PASSAGE / 2,
        )
        for route in routes
        for i, (a, b) in enumerate(zip(route.nodes, route.nodes[1:], strict=False))
    ]
    layers = ordered(layers, links)
    sizes = {
        name: by_name[name].height + _GAP - _CLOSE if name in by_name else _PASSAGE
        for one in layers
        for name in one
    }
    tops = placed(layers, links, sizes, _CLOSE)
    loops = [r for r in relationships if r.parent == r.child]
    key_ports = {r: _parent_port(by_name[r.parent], r, relationships) for r in loops}
    return _routed(layers, routes, key_ports, by_name, tops)


def _last(route: _Route, i: int) -> bool:
    return i == len(route.nodes) - 2


def _set_ports(
    routes: Sequence[_Route], relationships: Sequence[Relationship], boxes: dict[str, Box]
) -> None:
    """Where in its boxes each route begins and ends. At a key, lines of different signs keep apart."""
    for route in routes:
        r = route.relationship
        parent = _parent_port(boxes[r.parent], r, relationships)
        child = boxes[r.child].port(r.name)
        route.ports = [child, parent] if route.turned else [parent, child]


def _parent_port(box: Box, relationship: Relationship, others: Sequence[Relationship]) -> float:
    port = box.port(relationship.key)
    signs = {o.parents for o in others if (o.parent, o.key) == (relationship.parent, relationship.key)}
    if len(signs) < 2:
        return port
    return port + (5.5 if relationship.parents.low == 0 else -4.0)


def _routed(
    layers: Sequence[Sequence[str]],
    routes: Sequence[_Route],
    loops: Mapping[Relationship, float],
    boxes: dict[str, Box],
    tops: dict[str, float],
) -> tuple[list[PlacedBox], list[Line], tuple[float, float]]:
    """Horizontal places: layers with gutters that are as wide as the vertical lines in them need.
    ``loops``: references of a table to itself, with the ports of their parents' ends."""
    loop_room = {r.child for r in loops}
    points: dict[int, list[Point]] = {i: [] for i in range(len(routes))}
    placed_boxes: list[PlacedBox] = []
    lines: list[Line] = []
    at = {n: i for i, layer in enumerate(layers) for n in layer}
    starting: dict[int, list[tuple[int, int]]] = {}  # by layer: routes, with the number of their step there
    for number, route in enumerate(routes):
        for k, node in enumerate(route.nodes[:-1]):
            starting.setdefault(at[node], []).append((number, k))
    x = 0.0
    for i, layer in enumerate(layers):
        width = max((boxes[n].width for n in layer if n in boxes), default=0.0)
        placed_boxes += [PlacedBox(boxes[n], x, tops[n]) for n in layer if n in boxes]
        edge = x + width
        steps = []  # (route, y left, y right, x where it leaves the left box)
        for number, k in starting.get(i, ()):
            route = routes[number]
            a, b = route.nodes[k], route.nodes[k + 1]
            from_y = tops[a] + (route.ports[0] if k == 0 else _PASSAGE / 2)
            to_y = tops[b] + (route.ports[1] if _last(route, k) else _PASSAGE / 2)
            steps.append((number, from_y, to_y, x + boxes[a].width if k == 0 else x))
        tracks = _tracks([(s[1], s[2]) for s in steps])
        extra = 14.0 if loop_room & set(layer) else 0.0
        for (number, from_y, to_y, from_x), track in zip(steps, tracks, strict=True):
            turn = edge + _MOUTH + extra + track * _TRACK
            points[number] += [(from_x, from_y), (turn, from_y), (turn, to_y)]
        own = [(r, port) for r, port in loops.items() if at[r.child] == i]
        lines += [_loop(r, boxes[r.child], x, tops[r.child], port) for r, port in own]
        count = max(tracks, default=-1) + 1
        alone = _MOUTH + extra if extra else 0.0
        x = edge + (2 * _MOUTH + extra + max(0, count - 1) * _TRACK if count else alone)
    offsets = {b.box.entity.name: b for b in placed_boxes}
    for number, route in enumerate(routes):
        end = offsets[route.nodes[-1]]
        path = [*points[number], (end.x, end.y + route.ports[1])]
        if route.turned:
            lines.append(Line(route.relationship, _plain(path[::-1]), -1, 1))
        else:
            lines.append(Line(route.relationship, _plain(path), 1, -1))
    height = max((b.y + b.box.height for b in placed_boxes), default=0.0)
    return placed_boxes, lines, (x, height)


def _loop(relationship: Relationship, box: Box, x: float, y: float, port: float) -> Line:
    edge = x + box.width
    key, reference = y + port, y + box.port(relationship.name)
    out = edge + _MOUTH + 6.0
    return Line(relationship, ((edge, key), (out, key), (out, reference), (edge, reference)), 1, 1)


def _tracks(steps: Sequence[tuple[float, float]]) -> list[int]:
    """The vertical line that each step of a gutter takes. Steps from one place share theirs; of those that
    go down the upper ones turn later, of those that go up the lower ones, so that they do not cross."""
    trunks = sorted({a for a, b in steps if abs(a - b) > 0.5}, key=lambda y: _turn(y, steps))
    number = {y: i for i, y in enumerate(trunks)}
    return [number.get(a, 0) for a, _ in steps]


def _turn(y: float, steps: Sequence[tuple[float, float]]) -> tuple[int, float]:
    ends = [b for a, b in steps if a == y]
    down = sum(ends) / len(ends) > y
    return (1, -y) if down else (0, y)


def _plain(path: Sequence[Point]) -> tuple[Point, ...]:
    """The path without points that it passes straight through."""
    out: list[Point] = []
    for point in path:
        while len(out) > 1 and (
            (out[-2][0] == out[-1][0] == point[0])
            or (abs(out[-2][1] - out[-1][1]) + abs(out[-1][1] - point[1]) < 0.5)
        ):
            out.pop()
        if not out or out[-1] != point:
            out.append(point)
    return tuple(out)
