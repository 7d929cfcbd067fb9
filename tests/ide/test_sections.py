"""Texts as sections and members: nothing is lost, and borders are where declarations begin."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.ide.sections import split
from tests import examples

SPEC = '''\
## A file's own words.
dataset d { seed 1 }

# about users
## Users.
table users 10 {
  id   int key
  ## How old.
  age  int
       = 1
       | 2
  kind string = match age {
    1 => "a"
    else => "b"
  }
  note string = """
table not_one {
"""
  check grown: age > 0
}
import "other.dgen"
type Money = decimal(10, 2)
'''


def test_sections() -> None:
    found = split(SPEC)
    assert [(one.kind, one.name) for one in found] == [
        ("dataset", "d"),
        ("table", "users"),
        ("import", ""),
        ("type", "Money"),
    ]
    assert found[1].text.startswith("# about users\n## Users.\ntable users")
    assert found[3].text == "type Money = decimal(10, 2)\n"


@pytest.mark.parametrize(
    "text", ["table t 3 { id int key }\n", "# About.\ntable t 3 { id int key }\nenum E { a }\n"]
)
def test_a_bom_belongs_to_the_first_section(text: str) -> None:
    first, *rest = split(text)
    marked, *others = split(f"\ufeff{text}")
    assert (marked.kind, marked.name, marked.text) == ("table", "t", f"\ufeff{first.text}")
    assert others == rest


def test_members() -> None:
    (users,) = (one for one in split(SPEC) if one.name == "users")
    firsts = [member.text.strip().split("\n")[-1 if i == 0 else 0] for i, member in enumerate(users.members)]
    assert firsts == [
        "table users 10 {",
        "id   int key",
        "## How old.",
        "kind string = match age {",
        'note string = """',
        "check grown: age > 0",
        "}",
    ]
    assert {
        name: len(members) for name, members in users.columns.items() if name in ("id", "age", "kind")
    } == {
        "id": 1,
        "age": 1,
        "kind": 1,
    }
    assert [member.structural for member in users.members] == [True, True, False, False, False, False, True]


def test_a_column_named_like_a_keyword_and_not_indented_is_no_section() -> None:
    text = 'table users 3 {\nid int key\ntype string = "a"\n}\ntable other 1 { id int key }\n'
    assert [one.name for one in split(text)] == ["users", "other"]


def test_a_brace_that_is_missing_costs_one_section() -> None:
    text = "table users 3 {\n  id int key\n\ntable other 1 {\n  id int key\n}\n"
    assert [one.name for one in split(text)] == ["users", "other"]


@pytest.mark.parametrize("path", examples.ALL, ids=lambda p: p.stem)
def test_examples_are_whole(path) -> None:
    text = path.read_text("utf-8")
    whole(text)


@given(
    st.lists(
        st.sampled_from(
            [*SPEC.splitlines(keepends=True), "table", "{", "}", '"', '"""', "\r\n", "é", "|", " "]
        )
    )
)
def test_nothing_is_lost(pieces: list[str]) -> None:
    whole("".join(pieces))


def whole(text: str) -> None:
    found = split(text)
    assert "".join(one.text for one in found) == text
    for one in found:
        assert "".join(member.text for member in one.members) == one.text
        at = 0
        for member in one.members:
            assert member.start == at
            at += len(member.text)
