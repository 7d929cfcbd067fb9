"""What later batches cannot do is told by the first one, or when the spec is checked."""

from __future__ import annotations

import pytest

import specdsl
from specdsl.errors import SpecdslError
from tests.cli.running import run

PAIRS = """
table a 20 {a} {{ id int key }}
table b 20 {a} {{ id int key }}
table t 50 {t} {{
  a_id -> a
  b_id -> b
  key (a_id, b_id)
}}
"""

VERSIONS = """
dataset crm {{ now 2025-01-01T00:00:00Z, per batch 1d }}
table customers 30 {{
  id        int key
  joined_at timestamp = 2022-01-01 .. 2024-06-30
}}
table versions {{
  customer_id -> customers each 1..5
  history valid from .joined_at
  city string 60% changes = city()
}}
table orders 200 {{
  id          int key
  customer_id -> customers
  at          timestamp = customer_id.joined_at + 10d..100d
  (owner, version) -> versions {where} as of at
  changes {{ update 10% of rows set {column} }}
}}
"""

OF_CUSTOMER = "where .customer_id == customer_id"


def build(folder, name, parents, children):
    spec = folder / "spec.dgen"
    spec.write_text(PAIRS.format(a=parents, t=children))
    return run("build", str(spec), "--checkpoint", str(folder / "cp"), "-o", str(folder / name))


def test_the_first_batch_notes_that_none_can_follow(tmp_path):
    first = build(tmp_path, "one", "grows 2 per batch", "grows 5 per batch")
    assert first.status == 0
    assert "no batch can follow while tables grow so" in " ".join(first.err.split())
    second = build(tmp_path, "two", "grows 2 per batch", "grows 5 per batch")
    assert second.status != 0
    assert "cannot make batch 2" in second.err


@pytest.mark.parametrize(("parents", "children"), [("", "grows 5 per batch"), ("grows 2 per batch", "")])
def test_nothing_is_noted_where_one_can(tmp_path, parents, children):
    first = build(tmp_path, "one", parents, children)
    assert first.status == 0
    assert "no batch can follow" not in first.err
    assert build(tmp_path, "two", parents, children).status == 0


def test_the_one_version_that_is_valid_then_is_not_drawn_again():
    with pytest.raises(SpecdslError, match=r"(?s)DG479.*one version is valid then.*set at, customer_id"):
        specdsl.load(VERSIONS.format(where=OF_CUSTOMER, column="version"))


@pytest.mark.parametrize(
    ("where", "column"), [(OF_CUSTOMER, "at"), (OF_CUSTOMER, "customer_id"), ("", "version")]
)
def test_what_it_goes_by_is(where, column):
    specdsl.load(VERSIONS.format(where=where, column=column))
