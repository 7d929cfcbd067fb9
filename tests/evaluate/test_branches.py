"""If, match and follow: values, nulls, and that branches see only their own rows."""

from __future__ import annotations

import pytest

from specdsl.datatypes import types as t
from specdsl.generate.errors import GenerationError
from specdsl.ir import expr as ir
from specdsl.vectors import strings
from specdsl.vectors.vector import Vector
from tests.evaluate.memory import MemoryFrame, col, const, frame, run, vector

E = t.Enum("E", ("a", "b", "c"))
S = t.STRING


def match(subjects, arms, otherwise, dtype=S):
    built = tuple(
        ir.MatchArm(tuple(v if isinstance(v, tuple) else (v,) for v in values), value)
        for values, value in arms
    )
    return ir.Match(dtype, True, tuple(subjects), built, otherwise)


def text(value):
    return const(S, value)


def test_a_null_condition_is_not_true():
    at = frame(c=(t.BOOL, [True, False, None]), x=(t.INT, [1, 2, 3]))
    assert run(ir.If(t.INT, False, col(t.BOOL, "c"), col(t.INT, "x"), const(t.INT, 0)), at) == [1, 0, 0]
    assert run(ir.If(t.INT, True, col(t.BOOL, "c"), const(t.INT, None), const(t.INT, 7)), at) == [None, 7, 7]
    assert run(ir.If(t.INT, True, const(t.BOOL, True), col(t.INT, "x"), const(t.INT, 7)), at) == [1, 2, 3]
    assert run(ir.If(t.INT, True, const(t.BOOL, None), col(t.INT, "x"), const(t.INT, 7)), at) == [7, 7, 7]


def test_a_branch_is_not_evaluated_where_it_is_not_taken():
    at = frame(x=(t.INT, [2**62, 3]))
    twice = ir.Arithmetic(t.INT, False, ir.ArithmeticOp.MULTIPLY, col(t.INT, "x"), const(t.INT, 4))
    small = ir.Compare(t.BOOL, False, ir.CompareOp.LESS, col(t.INT, "x"), const(t.INT, 10))
    with pytest.raises(GenerationError):
        run(twice, at)
    assert run(ir.If(t.INT, False, small, twice, const(t.INT, -1)), at) == [-1, 12]


@pytest.mark.parametrize(
    "dtype, then, otherwise",
    [
        (S, ["a", None, "é"], ["x", "y", None]),
        (t.List(S), [["a"], None, []], [[], ["b", None], ["c"]]),
        (t.Struct((t.Field("f", S, True), t.Field("g", t.INT, True))), [{"f": "a", "g": 1}] * 3, [None] * 3),
        (t.UUID, [None, None, None], [None, None, None]),
        (E, ["a", "b", None], ["c", "c", "c"]),
        (t.BYTES, [b"a", None, b""], [b"z", b"", None]),
    ],
)
def test_branches_of_every_kind_of_type_merge(dtype, then, otherwise):
    chosen = [True, False, True]
    at = frame(c=(t.BOOL, chosen), x=(dtype, then), y=(dtype, otherwise))
    wanted = [a if c else b for a, b, c in zip(then, otherwise, chosen, strict=True)]
    assert run(ir.If(dtype, True, col(t.BOOL, "c"), col(dtype, "x"), col(dtype, "y")), at) == wanted


@pytest.mark.parametrize("form", ["plain", "dictionary", "many arms"])
def test_match_on_strings(form):
    at = frame(s=(S, ["x", "y", "z", None, "x"]))
    if form == "dictionary":
        plain = at.columns["s"]
        codes, entries = strings.encode(plain.data)
        at.columns["s"] = Vector(S, strings.dictionary(codes, entries), plain.valid)
    more = [(["q1", "q2", "q3"], text("never"))] if form == "many arms" else []
    arms = [(["x"], text("one")), (["y", "z"], col(S, "s")), *more]
    assert run(match([col(S, "s")], arms, None), at) == ["one", "y", "z", None, "one"]
    arms = [(["x"], text("one"))]
    assert run(match([col(S, "s")], arms, text("other")), at) == ["one", "other", "other", "other", "one"]


def test_match_on_enums_numbers_and_the_first_arm_that_matches():
    at = frame(e=(E, ["a", "b", "c", None]), n=(t.INT, [1, 2, 3, None]))
    assert run(match([col(E, "e")], [([0, 2], text("ac")), ([2, 1], text("b"))], None), at) == [
        "ac",
        "b",
        "ac",
        None,
    ]
    arms = [([2], const(t.INT, 0)), ([3], col(t.INT, "n"))]
    assert run(match([col(t.INT, "n")], arms, None, t.INT), at) == [None, 0, 3, None]


def test_match_on_tuples_with_wildcards():
    at = frame(a=(S, ["x", "x", "y", None]), b=(t.INT, [1, 2, 1, 1]))
    arms = [([("x", 1)], text("x1")), ([(None, 1)], text("any 1")), ([("x", None)], text("x any"))]
    subjects = [col(S, "a"), col(t.INT, "b")]
    assert run(match(subjects, arms, text("else")), at) == ["x1", "x any", "any 1", "any 1"]


def test_follow_is_null_without_a_parent_and_not_evaluated_there():
    parents = frame(x=(t.INT, [10, 2**62, 30]))
    has = vector(t.BOOL, [True, False, True]).data
    at = MemoryFrame(3, parents={"ref": (parents, has)})
    body = ir.Arithmetic(t.INT, False, ir.ArithmeticOp.MULTIPLY, col(t.INT, "x"), const(t.INT, 4))
    assert run(ir.Follow(t.INT, True, "ref", "p", body), at) == [40, None, 120]
    none = MemoryFrame(3, parents={"ref": (parents, has & False)})
    assert run(ir.Follow(t.INT, True, "ref", "p", body), none) == [None, None, None]


def test_candidate_and_what_the_frame_answers():
    at = MemoryFrame(3, other=frame(x=(t.INT, [7, 8, 9])))
    assert run(ir.Candidate(t.INT, False, "p", col(t.INT, "x")), at) == [7, 8, 9]
    assert run(ir.IndexIn(t.INT, False, "ref"), at) == [0, 1, 2]
    assert run(ir.RowNumber(t.INT, False), at) == [0, 1, 2]


def test_fields_of_structs_are_null_where_the_struct_is():
    struct = t.Struct((t.Field("f", S, True), t.Field("g", t.INT, True)))
    at = frame(s=(struct, [{"f": "a", "g": 1}, None, {"f": None, "g": 3}]))
    assert run(ir.FieldValue(S, True, col(struct, "s"), "f"), at) == ["a", None, None]
    assert run(ir.FieldValue(t.INT, True, col(struct, "s"), "g"), at) == [1, None, 3]


def test_records_and_tuples():
    struct = t.Struct((t.Field("f", S), t.Field("g", t.INT, True)))
    at = frame(n=(t.INT, [1, None]))
    assert run(ir.StructValue(struct, False, (text("k"), col(t.INT, "n"))), at) == [
        {"f": "k", "g": 1},
        {"f": "k", "g": None},
    ]
    pair = t.Tuple((S, t.INT))
    assert run(ir.TupleValue(pair, False, (text("k"), col(t.INT, "n"))), at) == [("k", 1), ("k", None)]
