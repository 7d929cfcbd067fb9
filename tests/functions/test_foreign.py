"""Providers of Faker and mimesis: repeatable, typed, and refused where they cannot be."""

import json
import subprocess
import sys

import pytest

from specdsl.datatypes import types as t
from specdsl.functions import providers
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.providers import probed
from tests.functions.calling import invoke, values
from tests.generate.making import made


@pytest.mark.parametrize(
    ("library", "provider", "expected"),
    [
        ("faker", "name", t.STRING),
        ("faker", "pyint", t.INT),
        ("faker", "pyfloat", t.FLOAT),
        ("faker", "pydecimal", t.FLOAT),
        ("faker", "pybool", t.BOOL),
        ("faker", "words", t.JSON),
        ("faker", "binary", t.BYTES),
        ("mimesis", "person.full_name", t.STRING),
        ("mimesis", "numeric.integer_number", t.INT),
        ("mimesis", "address.coordinates", t.JSON),
    ],
)
def test_types_are_those_of_the_values(library, provider, expected):
    small = {"length": 16} if provider == "binary" else {}  # a megabyte otherwise
    assert probed(library, provider, "en_US", (), small) == expected


@pytest.mark.parametrize(
    ("library", "provider", "reason"),
    [
        ("faker", "date_of_birth", "clock"),
        ("faker", "profile", "clock"),
        ("faker", "frist_name", "no provider"),
        ("mimesis", "datetime.timestamp", "clock"),
        ("mimesis", "person", "no provider"),
    ],
)
def test_what_cannot_be_repeated_is_refused(library, provider, reason):
    with pytest.raises(FunctionProblem, match=reason) as problem:
        probed(library, provider, "en_US")
    assert problem.value.help


def test_values_that_the_seed_does_not_fix_are_refused(monkeypatch):
    monkeypatch.setitem(providers.LIBRARIES, "faker", lambda *_: lambda seed: object())
    with pytest.raises(FunctionProblem, match="different values for one seed"):
        probed("faker", "whatever", "en_US")


def test_wrong_arguments_are_the_providers_own_words():
    with pytest.raises(FunctionProblem, match="unexpected keyword argument 'least'"):
        probed("faker", "pyint", "en_US", (), {"least": 3})


@pytest.mark.parametrize(("library", "provider"), [("faker", "name"), ("mimesis", "person.full_name")])
def test_rows_depend_on_the_seed_and_their_number_only(library, provider):
    whole = values(invoke(library, rows=40, provider=provider, locale="de_DE"))
    assert len(set(whole)) > 30
    late = values(invoke(library, rows=10, first_row=30, provider=provider, locale="de_DE"))
    early = values(invoke(library, rows=30, provider=provider, locale="de_DE"))
    assert early + late == whole
    assert values(invoke(library, rows=40, seed="other", provider=provider, locale="de_DE")) != whole


def test_a_spec_of_providers():
    spec = """
table t 20 {
  a        = faker("license_plate")
  b int    = faker("pyint", min_value: 1, max_value: 6)
  c float  = faker("pyint", 7, 9)
  d string = faker("name", locale: "ja_JP")
  e json   = faker("words", 3)
  g string = mimesis("person.blood_type")
}
"""
    columns = made(spec, "t")
    assert columns == made(spec, "t", batch_rows=3)
    assert set(columns["b"]) <= set(range(1, 7))
    assert set(columns["c"]) <= {7.0, 8.0, 9.0}
    assert not any(name.isascii() for name in columns["d"])
    assert all(len(json.loads(words)) == 3 for words in columns["e"])


def test_two_calls_are_independent():
    columns = made('table t 20 {\n  a = faker("name")\n  b = faker("name")\n}', "t")
    assert columns["a"] != columns["b"]


def test_without_faker_there_is_a_hint(monkeypatch):
    providers._faker.cache_clear()
    monkeypatch.setitem(sys.modules, "faker", None)
    with pytest.raises(FunctionProblem, match="not installed") as problem:
        probed("faker", "name", "en_US")
    assert "specdsl[faker]" in problem.value.help


def test_libraries_are_imported_when_they_are_used():
    code = (
        "import sys, json\n"
        "from specdsl.compiler import compile_source\n"
        "from specdsl.local_files import LocalFiles\n"
        "from specdsl.source import SourceFile\n"
        "from pathlib import Path\n"
        "compile_source(SourceFile('a.dgen', 'table t 3 { a = first_name() }'), LocalFiles(Path()))\n"
        "print(json.dumps([m for m in ('faker', 'mimesis') if m in sys.modules]))"
    )
    out = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True).stdout
    assert json.loads(out) == []
