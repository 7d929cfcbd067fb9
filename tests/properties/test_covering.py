"""Designs of random small tables against all rows that there can be, found by brute force."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from itertools import combinations, product
from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdsl.check.covering.arrays import covering_array
from specdsl.check.covering.designs import every_row
from specdsl.check.covering.space import Rule, Search, Space
from specdsl.compiler import compile_source
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from tests.generate.making import generator, made

Row = dict[str, Any]
Truth = Callable[[Row], bool | None]


# --- spaces -------------------------------------------------------------------------------------


@st.composite
def spaces(draw: st.DrawFn) -> Space:
    """A few columns with a few values, and rules that leave a random share of their combinations."""
    sizes = draw(st.lists(st.integers(1, 4), min_size=2, max_size=6).map(tuple))
    rules = []
    for _ in range(draw(st.integers(0, 5))):
        width = draw(st.integers(1, min(3, len(sizes))))
        columns = tuple(sorted(draw(st.permutations(range(len(sizes))))[:width]))
        count = int(np.prod([sizes[c] for c in columns]))
        share = draw(st.sampled_from([0.3, 0.6, 0.9]))
        seed = draw(st.integers(0, 10_000))
        allowed = np.random.default_rng(seed).random(count) < share
        rules.append(Rule(columns, allowed.tobytes()))
    return Space(sizes, tuple(rules))


def rows_of(space: Space) -> set[tuple[int, ...]]:
    """All rows that keep the rules."""
    tables = [(rule.columns, space.table(rule)) for rule in space.rules]
    every = product(*map(range, space.sizes))
    return {row for row in every if all(allowed[tuple(row[c] for c in cs)] for cs, allowed in tables)}


def tuples_of(rows: set[tuple[int, ...]], strength: int) -> set[tuple[Any, ...]]:
    """The combinations of values of any so many columns that are in ``rows``."""
    width = len(next(iter(rows), ()))
    return {(s, tuple(row[c] for c in s)) for row in rows for s in combinations(range(width), strength)}


@settings(max_examples=120, deadline=None, suppress_health_check=list(HealthCheck))
@given(spaces(), st.integers(1, 4))
def test_arrays_have_all_that_can_be_and_nothing_else(space: Space, strength: int) -> None:
    strength = min(strength, len(space.sizes))
    array = covering_array(space, strength)
    found = np.frombuffer(array.codes, dtype=np.uint8).reshape(-1, len(space.sizes))
    rows = set(map(tuple, found.tolist()))
    possible = rows_of(space)
    assert rows <= possible
    wanted = tuples_of(possible, strength)
    assert tuples_of(rows, strength) == wanted
    assert array.possible == len(wanted)
    assert len(found) == len(rows)  # no row comes twice


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(spaces())
def test_every_row_is_every_row(space: Space) -> None:
    array = every_row(space)
    assert array is not None
    found = np.frombuffer(array.codes, dtype=np.uint8).reshape(-1, len(space.sizes)).tolist()
    assert found == sorted(map(list, rows_of(space)))


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(spaces(), st.data())
def test_search_finds_a_row_or_there_is_none(space: Space, data: st.DataObject) -> None:
    columns = data.draw(st.lists(st.integers(0, len(space.sizes) - 1), unique=True, max_size=3))
    fixed = {c: data.draw(st.integers(0, space.sizes[c] - 1)) for c in columns}
    row = Search(space).row(fixed)
    fitting = {r for r in rows_of(space) if all(r[c] == v for c, v in fixed.items())}
    assert (row is None) == (not fitting)
    assert row is None or tuple(row) in fitting


# --- specs --------------------------------------------------------------------------------------


@dataclass
class Spec:
    """The text of a table, and what it means, in Python: of each unit of columns the values that it can have in
    a row so far."""

    columns: list[str]
    lines: list[str]
    units: list[Callable[[Row], list[Row]]]
    checks: list[Truth]

    def rows(self) -> list[Row]:
        """All rows that there can be."""
        rows: list[Row] = [{}]
        for unit in self.units:
            rows = [{**row, **more} for row in rows for more in unit(row)]
        return [row for row in rows if all(check(row) is not False for check in self.checks)]

    def text(self, rows: str, cover: str) -> str:
        inside = "\n".join(f"  {line}" for line in [*self.lines, cover])
        return f"enum E {{ x 50%, y 30%, z }}\ntable t {rows}{{\n  id int key\n{inside}\n}}\n"


@st.composite
def specs(draw: st.DrawFn) -> Spec:
    spec = Spec([], [], [], [])
    for _ in range(draw(st.integers(2, 4))):
        _add_column(draw, spec)
    for number in range(draw(st.integers(0, 3))):
        text, truth = draw(_conditions(spec, 2))
        spec.lines.append(f"check k{number}: {text}")
        spec.checks.append(truth)
    return spec


def _add_column(draw: st.DrawFn, spec: Spec) -> None:
    name = f"c{len(spec.columns)}"
    texts = [c for c in spec.columns if c.startswith("s")]
    kind = draw(st.sampled_from(["text", "null", "int", "bounded", "bool", "enum", "match", "pair", "sum"]))
    match kind:
        case "text":
            name = f"s{name}"
            _unit(spec, name, f'{name} string = "a" 80% | "b" | "c"', lambda _: ["a", "b", "c"])
        case "null":
            _unit(spec, name, f'{name} string? 30% null = "a" | "b"', lambda _: ["a", "b", None])
        case "int":
            high = draw(st.integers(0, 3))
            _unit(spec, name, f"{name} int = 0..{high}", lambda _: list(range(high + 1)))
        case "bounded":
            _unit(spec, name, f"{name} int in 2..4 = 0..9", lambda _: [2, 3, 4])
        case "bool":
            _unit(spec, name, f"{name} bool", lambda _: [True, False])
        case "enum":
            _unit(spec, name, f"{name} E", lambda _: ["x", "y", "z"])
        case "match" if texts:
            of = draw(st.sampled_from(texts))
            line = f'{name} string = match {of} {{ "a" => "p" | "q", "b" => "q", else => "r" }}'
            values = {"a": ["p", "q"], "b": ["q"], "c": ["r"]}
            _unit(spec, name, line, lambda row: values[row[of]])
        case "sum" if [c for c in spec.columns if c.startswith("i")]:
            of = next(c for c in spec.columns if c.startswith("i"))
            _unit(spec, name, f"{name} int = {of} * 2 + 0..1", lambda row: [row[of] * 2, row[of] * 2 + 1])
        case "pair":
            other = f"{name}b"
            spec.columns += [name, other]
            spec.lines.append(f'({name}, {other}) = ("k", 1) 60% | ("l", 2) | ("l", 3)')
            pairs = [("k", 1), ("l", 2), ("l", 3)]
            spec.units.append(lambda _: [{name: a, other: b} for a, b in pairs])
        case _:
            name = f"i{name}"
            _unit(spec, name, f"{name} int = 1 | 2", lambda _: [1, 2])


def _unit(spec: Spec, name: str, line: str, values: Callable[[Row], list[Any]]) -> None:
    spec.columns.append(name)
    spec.lines.append(line)
    spec.units.append(lambda row: [{name: value} for value in values(row)])


@st.composite
def _conditions(draw: st.DrawFn, spec: Spec, depth: int) -> tuple[str, Truth]:
    """A condition on the columns, in the language and in Python, with SQL's nulls."""
    form = draw(st.sampled_from(["atom", "and", "or", "or", "not"])) if depth else "atom"
    if form == "atom":
        return draw(_atoms(spec))
    left, a = draw(_conditions(spec, depth - 1))
    if form == "not":
        return f"not ({left})", lambda row: None if (v := a(row)) is None else not v
    right, b = draw(_conditions(spec, depth - 1))
    decides = form == "or"

    def truth(row: Row) -> bool | None:
        both = (a(row), b(row))
        return decides if decides in both else None if None in both else not decides

    return f"({left}) {form} ({right})", truth


@st.composite
def _atoms(draw: st.DrawFn, spec: Spec) -> tuple[str, Truth]:
    name = draw(st.sampled_from(spec.columns))
    values = sorted({repr(row[name]): row[name] for row in _free(spec)}.items())
    value = draw(st.sampled_from([v for _, v in values]))
    if value is None:
        return f"{name} == null", lambda row: row[name] is None
    if isinstance(value, bool):
        return (name if value else f"not {name}"), lambda row: row[name] is value
    enum = value in ("x", "y", "z")
    written = f'"{value}"' if isinstance(value, str) and not enum else str(value)
    if isinstance(value, int) and draw(st.booleans()):
        return f"{name} < {written}", lambda row: row[name] < value
    return f"{name} == {written}", lambda row: None if row[name] is None else row[name] == value


def _free(spec: Spec) -> list[Row]:
    """All rows, whatever the checks."""
    return Spec(spec.columns, spec.lines, spec.units, []).rows()


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs(), st.integers(2, 3), st.booleans())
def test_tables_have_all_that_the_checks_allow(spec: Spec, strength: int, counted: bool) -> None:
    width = len(spec.columns)
    words = {2: "pairwise", 3: "3-wise"}[strength] if strength <= width else "all"
    strength = min(strength, width) if words != "all" else width
    cover = f"cover {words} ({', '.join(spec.columns)})"
    possible = {tuple(row[c] for c in spec.columns) for row in spec.rows()}
    text = spec.text("", cover)
    if not possible:
        compilation = compile_source(SourceFile("spec.dgen", text), LocalFiles())
        errors = {d.code for d in compilation.diagnostics if d.severity.value == "error"}
        assert len(errors) == 1 and errors <= {"DG484", "DG505", "DG510", "DG511"}, errors
        return
    rows = _made(text, spec.columns)
    assert set(rows) <= possible
    assert tuples_of(set(rows), strength) == tuples_of(possible, strength)
    if words == "all":
        assert len(rows) == len(possible)
    if counted:
        more = _made(spec.text(f"{len(rows) + 20} ", cover), spec.columns)
        assert more[: len(rows)] == rows
        assert set(more) <= possible


def _made(text: str, columns: list[str]) -> list[tuple[Any, ...]]:
    made_rows = made(generator(text), "t")
    return list(zip(*(made_rows[c] for c in columns), strict=True))
