"""A layout as SVG: boxes with their columns, lines with crow's feet.

Colours are custom properties of CSS (``--er-...``), so that a page may set them; the picture by itself
brings its own, for light and dark. Sizes of text are those of ``diagram.css``.
"""

from __future__ import annotations

from collections.abc import Callable
from html import escape
from importlib.resources import files

from specdsl.diagram.boxes import NAME_SIZE, PAD, ROW, TITLE, TYPE_MOST, TYPE_SIZE
from specdsl.diagram.layout import Line, PlacedBox, Point, layout
from specdsl.diagram.measure import fitted, text_width
from specdsl.diagram.model import Attribute, Cardinality, Diagram, Relationship


def style(*, colours: bool) -> str:
    """The CSS of the picture; with ``colours`` those, too, for light and dark."""
    folder = files("specdsl.diagram")
    names = ["colours.css", "diagram.css"] if colours else ["diagram.css"]
    return "".join(folder.joinpath(name).read_text("utf-8") for name in names)


def svg(diagram: Diagram, *, link: Callable[[str], str] | None = None, alone: bool = True) -> str:
    """The picture of ``diagram``. ``link`` gives the address behind a table's box. ``alone``: a document
    of its own, with its style; else for a page that has ``style()`` and the colours."""
    placed = layout(diagram)
    width, height = _number(placed.width), _number(placed.height)
    title = f"Entity-relationship diagram of {diagram.name}"
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" class="er" role="img" aria-label="{_text(title)}" '
        f'width="{width}" height="{height}" viewBox="0 0 {width} {height}">'
    ]
    if alone:
        parts.append(f"<title>{_text(title)}</title><style>{style(colours=True)}</style>")
        parts.append('<rect class="er-page" width="100%" height="100%"/>')
    parts += [_line(line) for line in placed.lines]
    parts += [_box(box, link) for box in placed.boxes]
    parts.append("</svg>\n")
    return "\n".join(parts)


def _number(value: float) -> str:
    return f"{value:.1f}".removesuffix(".0")


def _text(text: str) -> str:
    """Escaped, without the control characters that XML cannot hold."""
    return escape("".join(c if c.isprintable() else "\ufffd" for c in text))


# --- boxes -----------------------------------------------------------------------------------


def _box(placed: PlacedBox, link: Callable[[str], str] | None) -> str:
    box, entity = placed.box, placed.box.entity
    width, height = _number(box.width), _number(box.height)
    out = [f'<g class="er-entity" transform="translate({_number(placed.x)} {_number(placed.y)})">']
    about = f"{entity.name}: {entity.doc}" if entity.doc else entity.name
    out.append(f"<title>{_text(about)}</title>")
    out.append(f'<rect class="er-box" width="{width}" height="{height}" rx="7"/>')
    if entity.attributes or entity.omitted:
        out.append(
            f'<path class="er-head" d="M.5 {_number(TITLE)}V7.5a7 7 0 0 1 7-7H{_number(box.width - 7.5)}'
            f'a7 7 0 0 1 7 7V{_number(TITLE)}z"/>'
            f'<path class="er-rule" d="M0 {_number(TITLE)}H{width}"/>'
        )
    out.append(f'<text class="er-title" x="{_number(PAD)}" y="21">{_text(entity.name)}</text>')
    if entity.derived:
        out.append(
            f'<text class="er-mark" x="{_number(box.width - PAD)}" y="20.5" text-anchor="end">SQL</text>'
        )
    for i, attribute in enumerate(entity.attributes):
        out.append(_row(attribute, TITLE + ROW * i + 15, box.width, box.marks))
    if entity.omitted:
        y = TITLE + ROW * len(entity.attributes) + 15
        more = f"and {entity.omitted} more column{'' if entity.omitted == 1 else 's'}"
        out.append(f'<text class="er-more" x="{_number(PAD)}" y="{_number(y)}">{more}</text>')
    out.append("</g>")
    drawn = "".join(out)
    return drawn if link is None else f'<a href="{_text(link(entity.name))}">{drawn}</a>'


def _row(attribute: Attribute, y: float, width: float, marks: float) -> str:
    at = _number(y)
    kind = fitted(attribute.type + ("?" if attribute.nullable else ""), TYPE_SIZE, TYPE_MOST + 14)
    room = width - 2 * PAD - marks - text_width(kind, TYPE_SIZE) - 10
    name = fitted(attribute.name, NAME_SIZE, room)
    style = "er-name er-key" if "PK" in attribute.marks else "er-name"
    out = ""
    if attribute.marks:
        out += f'<text class="er-mark" x="{_number(PAD)}" y="{at}">{" ".join(attribute.marks)}</text>'
    out += f'<text class="{style}" x="{_number(PAD + marks)}" y="{at}">{_text(name)}'
    about = f"{attribute.name} {attribute.type}{'?' if attribute.nullable else ''}"
    out += f"<title>{_text(f'{about}: {attribute.doc}' if attribute.doc else about)}</title></text>"
    end = f'x="{_number(width - PAD)}" y="{at}" text-anchor="end"'
    return f'{out}<text class="er-type" {end}>{_text(kind)}</text>'


# --- lines -----------------------------------------------------------------------------------


def _line(line: Line) -> str:
    r = line.relationship
    kind = "er-line er-reads" if r.reads else "er-line"
    signs = ""
    if not r.reads:
        signs = _sign(line.points[0], line.parent_direction, r.parents)
        signs += _sign(line.points[-1], line.child_direction, r.children)
    title = f"<title>{_text(_told(r))}</title>"
    return f'<g class="{kind}">{title}<path d="{_path(line.points)}"/>{signs}</g>'


def _told(r: Relationship) -> str:
    if r.reads:
        return f"{r.child} is made from {r.parent}"
    parent = "one" if r.parents.low else "one or no"
    children = {(0, True): "any number of", (1, True): "at least one of", (0, False): "one or none of"}
    some = children.get((r.children.low, r.children.many), "exactly one of")
    link = f"{r.child}.{r.name} -> {r.parent}"
    return f"{link}: {parent} row of {r.parent} for each; {some} {r.child} for each {r.parent}"


def _path(points: tuple[Point, ...]) -> str:
    """Straight pieces with rounded corners."""
    (x, y), *rest = points
    out = [f"M{_number(x)} {_number(y)}"]
    for i, (px, py) in enumerate(rest):
        if i == len(rest) - 1:
            out.append(f"L{_number(px)} {_number(py)}")
            break
        nx, ny = rest[i + 1]
        before, after = abs(px - x) + abs(py - y), abs(nx - px) + abs(ny - py)
        radius = min(6.0, before / 2, after / 2)
        bx, by = px - _toward(x, px) * radius, py - _toward(y, py) * radius
        ax, ay = px + _toward(px, nx) * radius, py + _toward(py, ny) * radius
        corner = f"Q{_number(px)} {_number(py)} {_number(ax)} {_number(ay)}"
        out.append(f"L{_number(bx)} {_number(by)}{corner}")
        x, y = px, py
    return "".join(out)


def _toward(a: float, b: float) -> int:
    return (b > a) - (b < a)


def _sign(point: Point, direction: int, cardinality: Cardinality) -> str:
    """A crow's foot (many) or a bar (one) at the box; beyond it a ring (none is allowed) or a bar."""
    x, y = point

    def bar(away: float) -> str:
        at = _number(x + direction * away)
        return f'<line x1="{at}" y1="{_number(y - 5.5)}" x2="{at}" y2="{_number(y + 5.5)}"/>'

    if cardinality.many:
        tip, box = _number(x + direction * 11), _number(x)
        out = f'<path d="M{box} {_number(y - 6)}L{tip} {_number(y)}L{box} {_number(y + 6)}"/>'
    else:
        out = bar(6)
    if cardinality.low:
        return out + bar(14 if cardinality.many else 10.5)
    ring = 15.5 if cardinality.many else 13.0
    return out + f'<circle cx="{_number(x + direction * ring)}" cy="{_number(y)}" r="3.8"/>'
