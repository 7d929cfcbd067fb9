"""What holds of every stream of changes, whatever the spec."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import specdsl
from tests.changes.making import Changes

ACTIONS = ("", " on delete restrict", " on delete cascade")


@st.composite
def specs(draw: st.DrawFn) -> str:
    """Two tables and a third that refers to both, with changes of many kinds."""
    action = draw(st.sampled_from(ACTIONS))
    other = draw(st.sampled_from((*ACTIONS, " on delete set null")))
    skew = draw(
        st.sampled_from(("", "zipf(1.2)", "where .kind == kind", "where .at <= at", "since 2 batches"))
    )
    optional = "?" if "where" in skew or "null" in other else ""
    rows = draw(st.integers(5, 30))
    a_changes = draw(
        st.lists(
            st.sampled_from(
                (
                    "update 20% of rows set kind",
                    "update 3 rows where n > 3 set n = n + 1",
                    "update 2 rows set n, kind",
                    "delete 10%",
                    'delete 2 rows where kind == "x"',
                )
            ),
            max_size=3,
        )
    )
    b_changes = draw(
        st.lists(
            st.sampled_from(
                (
                    "update 30% of rows set b",
                    "update 2 rows set a_id",
                    "update stale as time passes",
                    "update 10% of rows set b = b * 2",
                    "delete 3 rows",
                    "delete 20% of rows where stale",
                )
            ),
            max_size=3,
        )
    )
    chain = draw(st.booleans())
    return f"""
dataset d {{ seed {draw(st.integers(0, 99))}, now 2025-01-01T00:00:00Z, per batch {draw(st.sampled_from(("1d", "0s")))} }}
table a {rows} grows {draw(st.integers(1, 6))} per batch {{
  id int key = 10 * row
  kind string = "x" | "y" | "z"
  n int in 1..60 = 1..9
  at timestamp = now - 0s..9d
  changes {{
    {chr(10).join(a_changes)}
  }}
}}
table b {rows * 2} grows {draw(st.integers(1, 9))} per batch {{
  id int key
  kind string = "x" | "y" | "z"
  at timestamp = now - 0s..5d
  a_id -> a{optional} {skew}{action}
  b int = 1..100
  c int{optional} = b + a_id.n
  d int{optional} in ..10_000 = c + 0..9
  stale bool = at < now - 3d
  up -> b? 60% null{other}
  check sane: b >= 1
  changes {{
    {chr(10).join(b_changes)}
  }}
}}
table c {{
  b_id -> b each 0..2{" on delete cascade" if chain else ""}
  n int = index_in(b_id)
  taken int? = b_id.d
  key (b_id, n)
}}
"""


def the_same(made: Changes) -> None:
    for number, state in enumerate(made.replayed(), 1):
        assert made.snapshot(number) == state
        assert made.dangling(state) == []


@settings(max_examples=5, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs())
def test_replaying_gives_the_snapshot(spec: str) -> None:
    with TemporaryDirectory() as folder:
        made = Changes(Path(folder), spec, checkpoint=specdsl.Checkpoint())
        for _ in range(5):
            made.add()
        the_same(made)
