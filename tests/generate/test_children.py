"""Roll-ups, positions and shares over the rows that refer to a row."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import pytest

from tests.generate.making import failure, made

FORMS = {"each": "p_id -> p each 0..9", "scattered": "p_id -> p? 10% null"}


def spec(form: str, parent: str, child: str = "") -> str:
    rows = "" if form == "each" else "400"
    return f"""
    enum S {{ open, done }}
    table p 60 {{ id int key {parent} }}
    table c {rows} {{ {FORMS[form]}, n int = -50..50, w float = 0.0..1.0, m decimal(6, 2) = 0.00..9.99
                     s S, t string = /[a-z]{{3}}/, o int? 40% null = 0..9 {child} }}
    """


def grouped(t: dict[str, list[Any]], column: str) -> dict[int, list[Any]]:
    out: dict[int, list[Any]] = defaultdict(list)
    for parent, value in zip(t["p_id"], t[column], strict=True):
        out[parent].append(value)
    return out


@pytest.mark.parametrize("form", FORMS)
def test_aggregates(form: str) -> None:
    text = spec(
        form,
        """
        , total int = sum(c.n), money decimal(9, 2) = sum(c.m), rows int = count(c), some int = count(c.o)
        finished int = count(c where .s == done), least int? = min(c.n), most string? = max(c.t)
        mean float? = avg(c.n), first_o int? = first(c.o), last_o int? = last(c.o), weight float = sum(c.w)
        positive int = sum(c.n where .n > id)
        """,
    )
    p, c = made(text, "p", batch_rows=13), made(text, "c")
    columns = {name: grouped(c, name) for name in c}
    for i, own in enumerate(p["id"]):
        n, o = columns["n"][own], columns["o"][own]
        assert p["total"][i] == sum(n)
        assert p["money"][i] == sum(columns["m"][own], Decimal(0))
        assert p["rows"][i] == len(n)
        assert p["some"][i] == sum(x is not None for x in o)
        assert p["finished"][i] == columns["s"][own].count("done")
        assert p["least"][i] == min(n, default=None)
        assert p["most"][i] == max(columns["t"][own], default=None)
        assert p["mean"][i] == (sum(n) / len(n) if n else None)
        assert p["first_o"][i] == (o[0] if o else None)
        assert p["last_o"][i] == (o[-1] if o else None)
        weight = 0.0
        for w in columns["w"][own]:
            weight += w
        assert p["weight"][i] == weight
        assert p["positive"][i] == sum(x for x in n if x > own)


@pytest.mark.parametrize("form", FORMS)
def test_several_hops(form: str) -> None:
    text = spec(form, ", deep int = sum(c.d.v), leaves int = count(c.d)", ", id int key")
    text += "table d { c_id -> c each 0..3, v int = 1..9 }"
    c, d, p = made(text, "c"), made(text, "d"), made(text, "p")
    parent = dict(zip(c["id"], c["p_id"], strict=True))
    total: dict[int, int] = defaultdict(int)
    number: dict[int, int] = defaultdict(int)
    for own, v in zip(d["c_id"], d["v"], strict=True):
        total[parent[own]] += v
        number[parent[own]] += 1
    assert p["deep"] == [total[i] for i in p["id"]]
    assert p["leaves"] == [number[i] for i in p["id"]]


@pytest.mark.parametrize("form", FORMS)
def test_index_in(form: str) -> None:
    t = made(spec(form, "", ", i int? = index_in(p_id)"), "c", batch_rows=17)
    for parent, places in grouped(t, "i").items():
        assert places == ([None] * len(places) if parent is None else list(range(len(places))))


@pytest.mark.parametrize("form", FORMS)
@pytest.mark.parametrize("by", ["", ", by: w", ", by: n * 0"])
def test_split_is_exact_to_the_unit(form: str, by: str) -> None:
    text = spec(
        form, ", amount decimal(9, 2) = 1.00..999.99", f", part decimal(9, 2)? = split(p_id.amount{by})"
    )
    amount = dict(zip(*made(text, "p").values(), strict=True))
    t = made(text, "c", batch_rows=23)
    for parent, parts in grouped(t, "part").items():
        if parent is None:
            assert set(parts) == {None}
            continue
        assert sum(parts, Decimal(0)) == amount[parent]
        if not by or "0" in by:
            assert max(parts) - min(parts) <= Decimal("0.01")


def test_split_of_whole_numbers() -> None:
    text = "table p 30 { id int key, seats int = 0..500 }\ntable c { p_id -> p each 1..9, s int = split(p_id.seats) }"
    seats = dict(zip(*made(text, "p").values(), strict=True))
    t = made(text, "c")
    assert all(sum(parts) == seats[p] for p, parts in grouped(t, "s").items())


def test_a_sum_past_64_bits_is_refused() -> None:
    text = """
    table p 2 { id int key, total int = sum(c.n) }
    table c 40 { p_id -> p, n int = 4_000_000_000_000_000_000 .. 4_500_000_000_000_000_000 }
    """
    assert failure(text, "p") == "DG578"


def test_roll_ups_of_roll_ups() -> None:
    text = """
    table a 20 { id int key, total decimal(12, 2) = sum(b.total) }
    table b { a_id -> a each 0..4, id int key, total decimal(12, 2) = sum(c.line) }
    table c { b_id -> b each 1..5, q int = 1..9, line decimal(12, 2) = q * 1.25 }
    """
    a, b, c = (made(text, name) for name in "abc")
    lines: dict[int, Decimal] = defaultdict(Decimal)
    for own, line in zip(c["b_id"], c["line"], strict=True):
        lines[own] += line
    assert b["total"] == [lines[i] for i in b["id"]]
    totals: dict[int, Decimal] = defaultdict(Decimal)
    for own, total in zip(b["a_id"], b["total"], strict=True):
        totals[own] += total
    assert a["total"] == [totals[i] for i in a["id"]]
