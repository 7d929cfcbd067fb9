"""Documents put together: texts of every type, members that are spread, absent or taken."""

import json
from decimal import Decimal

import pytest

from specdsl.datatypes import types as t
from specdsl.generate.errors import GenerationError
from specdsl.ir import expr as ir
from tests.evaluate.memory import col, const, frame, run

S = t.STRING


def document(value):
    return ir.ToJson(t.JSON, False, value)


def member(name, value, absent=False):
    return ir.JsonMember(name, value, absent)


def test_texts():
    at = frame(
        s=(S, ['a"\\\n\x01/é', "", None]),
        i=(t.INT, [1, -5, None]),
        f=(t.FLOAT, [1.5, float("nan"), float("inf")]),
        d=(t.Decimal(5, 2), [Decimal("1.50"), Decimal("-0.05"), None]),
        b=(t.BOOL, [True, False, None]),
        j=(t.JSON, ['{"a": 1}', "null", None]),
    )
    assert run(document(col(S, "s")), at) == ['"a\\"\\\\\\n\\u0001/é"', '""', "null"]
    assert run(document(col(t.INT, "i")), at) == ["1", "-5", "null"]
    assert run(document(col(t.FLOAT, "f")), at) == ["1.5", "null", "null"]
    assert run(document(col(t.Decimal(5, 2), "d")), at) == ["1.50", "-0.05", "null"]
    assert run(document(col(t.BOOL, "b")), at) == ["true", "false", "null"]
    assert run(document(col(t.JSON, "j")), at) == ['{"a": 1}', "null", "null"]


def test_members_that_are_absent():
    at = frame(a=(t.INT, [None, 1, None]), b=(t.INT, [None, None, 2]))
    members = (member("a", col(t.INT, "a"), True), member("b", col(t.INT, "b"), True))
    assert run(ir.JsonObject(t.JSON, False, members), at) == ["{}", '{"a":1}', '{"b":2}']
    members = (member("a", col(t.INT, "a"), True), member("b", col(t.INT, "b")))
    assert run(ir.JsonObject(t.JSON, False, members), at) == ['{"b":null}', '{"a":1,"b":null}', '{"b":2}']
    assert run(ir.JsonObject(t.JSON, False, ()), at) == ["{}"] * 3


def keys(site, *values):
    arms = tuple(ir.Arm(const(S, v), 1 / len(values)) for v in values)
    return ir.ChoiceDraw(S, False, site, arms)


def test_keys_give_way():
    first = ir.JsonMap(t.JSON, False, 1, const(t.INT, 2), keys(2, "a", "b"), const(t.INT, 1))
    second = ir.JsonMap(t.JSON, False, 3, const(t.INT, 3), keys(4, "a", "b", "c"), const(t.INT, 2))
    members = (member(None, first), member("b", const(S, "own")), member(None, second))
    for text in run(ir.JsonObject(t.JSON, False, members), frame(20)):
        assert json.loads(text) == {"a": 1, "b": "own", "c": 2}
        assert text.count('"a"') == text.count('"b"') == 1


def test_arrays_of_items_and_elements():
    at = frame(i=(t.INT, [1, None]))
    items = ir.ListValue(t.List(S), False, (const(S, "x"), const(S, "y")))
    none = ir.ListValue(t.List(S), False, ())
    array = ir.JsonArray(t.JSON, False, (none, items, col(t.INT, "i"), none), (True, True, False, True))
    assert run(array, at) == ['["x","y",1]', '["x","y",null]']
    assert run(ir.JsonArray(t.JSON, False, (none,), (True,)), at) == ["[]", "[]"]
    nested = ir.JsonArray(t.JSON, False, (items, array), (False, False))
    assert run(nested, at)[0] == '[["x","y"],["x","y",1]]'


def test_lengths_of_strings():
    at = frame(s=(S, ["ab", None, "äöü"]))
    checked = ir.LengthChecked(t.String(2, 3), True, col(S, "s"))
    assert run(document(checked), at) == ['"ab"', "null", '"äöü"']
    for bounds in (t.String(3), t.String(0, 2)):
        with pytest.raises(GenerationError):
            run(document(ir.LengthChecked(bounds, True, col(S, "s"))), at)
