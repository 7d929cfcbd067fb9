from __future__ import annotations

from specdsl.diagram.model import Attributes, Cardinality, diagram_of
from tests.diagram.making import UNIVERSITY, dataset, university


def test_entities() -> None:
    entities = {e.name: e for e in university().entities}
    assert list(entities) == ["faculties", "students", "courses", "enrolments", "offices", "busy"]
    assert entities["faculties"].doc == "Where students belong."
    assert {a.name: a.marks for a in entities["faculties"].attributes} == {"id": ("PK",), "name": ("UK",)}
    students = {a.name: a for a in entities["students"].attributes}
    assert "secret" not in students
    assert students["about"].type == "struct"
    assert students["mentor_id"].nullable
    assert students["mentor_id"].marks == ("FK",)
    enrolments = {a.name: a.marks for a in entities["enrolments"].attributes}
    assert enrolments == {"student_id": ("PK", "FK"), "course_code": ("PK", "FK")}
    assert entities["busy"].derived


def test_cardinalities() -> None:
    one, none_or_one = Cardinality(1, False), Cardinality(0, False)
    any_number, some = Cardinality(0, True), Cardinality(1, True)
    found = {(r.child, r.name): (r.parents, r.children, r.identifying) for r in university().relationships}
    assert found["students", "faculty_id"] == (one, any_number, False)
    assert found["students", "mentor_id"] == (none_or_one, any_number, False)
    assert found["courses", "faculty_id"] == (none_or_one, any_number, False)
    assert found["enrolments", "student_id"] == (one, some, True)
    assert found["enrolments", "course_code"] == (one, any_number, True)
    assert found["offices", "faculty_id"] == (one, none_or_one, True)
    reads = [r for r in university().relationships if r.reads]
    assert [(r.parent, r.child) for r in reads] == [("enrolments", "busy")]


def test_some_tables_and_columns() -> None:
    spec = dataset(UNIVERSITY)
    two = diagram_of(spec, tables=["students", "courses"], attributes=Attributes.KEYS)
    assert [e.name for e in two.entities] == ["students", "courses"]
    assert [(r.child, r.parent) for r in two.relationships] == [("students", "students")]
    assert [a.name for a in two.entities[0].attributes] == ["id", "faculty_id", "mentor_id"]
    assert two.entities[0].omitted == 1
    assert all(not e.attributes for e in diagram_of(spec, attributes=Attributes.NONE).entities)
    short = diagram_of(spec, tables=["students"], at_most=3)
    assert [a.name for a in short.entities[0].attributes] == ["id", "faculty_id", "mentor_id"]
