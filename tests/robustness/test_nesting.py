"""Deep and long: refused with a code, or made."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.outcomes import codes, ended

N = 1_000
DEEP = {
    "parentheses": f"a int = {'(' * N}1{')' * N}",
    "brackets": f"a list<int>[1] = {'[' * N}1{']' * N}",
    "braces": f"a int = {'{' * N}1{'}' * N}",
    "open parentheses": f"a int = {'(' * N}1",
    "open braces": f"a int = {'{' * N}1",
    "lists": f"a {'list<' * N}int{'>' * N} = 1",
    "structs": f"a {'struct { x ' * N}int = 1 {'}' * N}",
    "if": f"a int = {'if true then ' * N}1{' else 2' * N}",
    "not": f"a bool = {'not ' * N}true",
    "minus": f"a int = {'- ' * N}1",
    "f-strings": 'a string = ' + 'f"{' * N + "1" + '}"' * N,
    "match": f"a int = {'match 1 { 1 => ' * N}1{', else => 2 }' * N}",
    "calls": f"a int = {'abs(' * N}1{')' * N}",
    "groups of a regex": f"a string = /{'(' * N}a{')' * N}/",
    "sums": f"a int = {' + '.join(['1'] * 10 * N)}",
    "or": f"b int = 1..3\n a bool = {' or '.join(['b == 1'] * 10 * N)}",
    "paths": f"id int key\n p -> t?\n a int? = p{'.p' * N}.id",
}  # fmt: skip


@pytest.mark.parametrize("what", DEEP)
def test_nested_a_thousand_times(tmp_path: Path, what: str) -> None:
    ran = ended(tmp_path, f"table t 3 {{ {DEEP[what]} }}", command="check")
    assert ran.status == 1
    assert len(set(codes(ran))) == 1, ran.err[:2000]


def test_a_thousand_that_close_nothing(tmp_path: Path) -> None:
    ran = ended(tmp_path, f"table t 3 {{ a int = 1{')' * N} }}", command="check")
    assert codes(ran) == ["DG141"]


def test_a_long_chain_of_types_is_one_mistake(tmp_path: Path) -> None:
    chain = "".join(f"type T{i} = T{i + 1}\n" for i in range(N))
    ran = ended(tmp_path, f"{chain}type T{N} = int\ntable t 3 {{ a T0 = 1 }}")
    assert codes(ran) == ["DG130"]


LONG = {
    "choice": f"a int = {' | '.join(map(str, range(N)))}",
    "choice of texts": "a string = " + " | ".join(f'"s{i}"' for i in range(N)),
    "f-string": 'a string = f"' + "{row}-" * N + '"',
    "match": f"b int = 1..3\n a int = match b {{ {', '.join(f'{i} => {i}' for i in range(N))}, else => 0 }}",
    "pick": f"a int = pick([{', '.join(map(str, range(N)))}])",
    "sum as long as it goes": f"b int = 1..3\n a int = {' + '.join(['b'] * 190)}\n check c: a >= {' + '.join(['b'] * 190)}",
    "decimals as long as it goes": f"b decimal(5, 2) = 1..3\n a decimal(20, 2) = {' + '.join(['b * 1.5'] * 190)}",
    "or as long as it goes": f"b int = 1..3\n a bool = {' or '.join(['b == 1'] * 190)}",
    "and as long as it goes": f"b int = 1..3\n check c: {' and '.join(['b > 0'] * 190)}",
    "parentheses as deep as they go": f"a int = {'(' * 45}1{')' * 45}",
    "long ones in deep ones": f"b int = 1..3\n a int = {'(' * 30}{' + '.join(['b'] * 70)}{')' * 30}",
    "columns": "\n".join(f"c{i} int = 1..3" for i in range(200)),
}  # fmt: skip


def test_a_longer_sum_is_one_mistake(tmp_path: Path) -> None:
    ran = ended(
        tmp_path, f"table t 3 {{ b int = 1..3\n a int = {' + '.join(['b'] * 210)} }}", command="check"
    )
    assert codes(ran) == ["DG130"]
    assert "there are more than 190 operators in a row" in ran.err


@pytest.mark.parametrize("what", LONG)
def test_long_and_sound(tmp_path: Path, what: str) -> None:
    """Made, and all of it checked: no rule is too long for DuckDB."""
    ran = ended(tmp_path, f"table t 30 {{ {LONG[what]} }}")
    assert ran.status == 0, ran.err[-2000:]


def test_an_enum_of_a_thousand(tmp_path: Path) -> None:
    members = ", ".join(f"m{i}" for i in range(N))
    assert ended(tmp_path, f"enum E {{ {members} }}\ntable t 30 {{ e E }}").status == 0
