"""Diagrams of specs, and of relationships made at random."""

from __future__ import annotations

from specdsl.compiler import compile_source
from specdsl.diagram.model import Attribute, Cardinality, Diagram, Entity, Relationship, diagram_of
from specdsl.ir.model import Dataset
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile

UNIVERSITY = """\
dataset university { seed 1 }
## Where students belong.
table faculties 4 { id int key = sequence(start: 1), name string unique = f"f{row}" }
table students 40 {
  id int key = sequence(start: 1)
  faculty_id -> faculties
  mentor_id -> students? 20% null
  secret int hidden = 1..5
  about struct { a int in 1..3, b float in 0..1 }
}
table courses 12 { code string key = f"c{row}", faculty_id -> faculties 50% null }
table enrolments {
  student_id -> students each 1..3
  course_code -> courses distinct per student_id
  key (student_id, course_code)
}
table offices 4 { faculty_id -> faculties key, room int = 1..9 }
table busy = sql("select student_id, count(*) as n from enrolments group by 1")
"""


def dataset(text: str) -> Dataset:
    made = compile_source(SourceFile("t.dgen", text), LocalFiles()).dataset
    assert made is not None
    return made


def university() -> Diagram:
    return diagram_of(dataset(UNIVERSITY))


def entity(number: int, columns: int) -> Entity:
    attributes = [Attribute("id", "int", ("PK",), False, "")]
    attributes += [Attribute(f"c{i}", "string", (), i % 2 == 0, "") for i in range(columns)]
    return Entity(f"t{number}", tuple(attributes), 0, False, "")


def relationship(parent: int, child: int, column: int) -> Relationship:
    one, many = Cardinality(column % 2, False), Cardinality(0, True)
    return Relationship(f"t{parent}", f"t{child}", f"c{column}", "id", one, many, False)
