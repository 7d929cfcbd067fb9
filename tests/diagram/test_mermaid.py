"""Mermaid's own parser is JavaScript; this one knows what its grammar of erDiagram (version 11) takes."""

from __future__ import annotations

import re

import pytest

from specdsl.diagram.mermaid import mermaid
from specdsl.diagram.model import diagram_of
from tests.diagram.making import dataset, university

NAME = r"(?:[A-Za-z][A-Za-z0-9_]*)"
ENTITY = rf'{NAME}(?:\["[^"\n]+"\])?'
TYPE = r"[A-Za-z][A-Za-z0-9_()\[\]-]*"
ATTRIBUTE = rf'    {TYPE} {NAME}(?: (?:PK|FK|UK)(?:, (?:PK|FK|UK))*)?(?: "[^"\n]*")?'
LINE = rf'  {NAME} (?:\|o|\|\||}}o|}}\|)(?:--|\.\.)(?:o\||\|\||o{{|\|{{) {NAME} : "[^"\n]*"'
TAKEN = (
    "end",
    "class",
    "classDef",
    "subgraph",
    "style",
    "one",
    "many",
    "to",
    "accTitle",
    "accDescr",
    "erDiagram",
)


def check(text: str) -> None:
    first, *lines = text.removesuffix("\n").split("\n")
    assert first == "erDiagram"
    inside = False
    for line in lines:
        if inside:
            inside = line != "  }"
            assert not inside or re.fullmatch(ATTRIBUTE, line), line
        elif line.endswith("{") and not re.fullmatch(LINE, line):
            assert re.fullmatch(rf"  {ENTITY} {{", line), line
            inside = True
        else:
            assert re.fullmatch(LINE, line) or re.fullmatch(rf"  {ENTITY}", line), line
    assert not inside


def test_university() -> None:
    text = mermaid(university())
    check(text)
    assert '  faculties ||..o{ students : "faculty_id"\n' in text
    assert '  students |o..o{ students : "mentor_id"\n' in text
    assert '  students ||--|{ enrolments : "student_id"\n' in text
    assert '  faculties ||--o| offices : "faculty_id"\n' in text
    assert "    int student_id PK, FK\n" in text
    assert '    int mentor_id FK "nullable"\n' in text
    assert "    struct about\n" in text


@pytest.mark.parametrize("name", [*TAKEN, "a b", 'quo"te', "<b>", "é", "1a", "_x", "x#y%z", "back\\slash"])
def test_names(name: str) -> None:
    text = (
        f"dataset d {{ seed 1 }}\ntable `{name}` 2 {{\n  id int key = sequence(start: 1)\n  `{name}` int = 1..2\n"
        f"  pk decimal(10, 2) in 1..2\n  parent -> `{name}` 10% null\n}}\n"
    )
    made = mermaid(diagram_of(dataset(text)))
    check(made)
    if name in TAKEN:
        assert f'  t0["{name}"] {{' in made
    assert "decimal(10-2) c_pk" in made
    assert "t0 |o..o{ t0" in made


def test_names_that_become_alike_stay_apart() -> None:
    spec = "dataset d { seed 1 }\ntable t 2 { `a b` int = 1..2, `a-b` int = 1..2, a_b int = 1..2 }\n"
    names = re.findall(r"int (\w+)", mermaid(diagram_of(dataset(spec))))
    assert len(set(names)) == 3
