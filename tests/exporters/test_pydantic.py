"""The module of Pydantic models is executed: rows of the spec are valid, wrong rows are not."""

from __future__ import annotations

import importlib.util
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest

from specdsl.cli.main import main
from specdsl.exporters.spec import Spec
from tests import examples
from tests.exporters.exporting import exported, rows, spec_of
from tests.exporters.test_json_shapes import CASES

needs_generator = pytest.mark.skipif(
    importlib.util.find_spec("datamodel_code_generator") is None,
    reason="datamodel-code-generator is not installed: pip install '.[dev]'",
)


@contextmanager
def module(spec: Spec, folder: Path) -> Iterator[ModuleType]:
    """The module that is made, executed."""
    path = folder / "made_models.py"
    path.write_text(exported(spec, "pydantic"), "utf-8")
    found = importlib.util.spec_from_file_location("made_models", path)
    assert found is not None and found.loader is not None
    made = importlib.util.module_from_spec(found)
    sys.modules["made_models"] = made  # models look their names up there
    try:
        found.loader.exec_module(made)
        yield made
    finally:
        del sys.modules["made_models"]


def model(made: ModuleType, table: str) -> Any:
    from pydantic import TypeAdapter

    fields = made.Tables.model_fields
    name = next(n for n, one in fields.items() if (one.alias or n) == table)
    return TypeAdapter(fields[name].annotation)


@needs_generator
@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_rows_of_examples(path: Path, tmp_path: Path) -> None:
    spec = spec_of(path.read_text("utf-8"), str(path))
    with module(spec, tmp_path) as made:
        for name, table in spec.dataset.tables.items():
            if table.query is None:
                adapter = model(made, name)
                for row in rows(spec, name, 30):
                    adapter.validate_python(row)


@needs_generator
@pytest.mark.parametrize("name", [n for n in CASES if n != "any"])
def test_shapes(name: str, tmp_path: Path) -> None:
    from pydantic import ValidationError

    types, written, right, _ = CASES[name]
    spec = spec_of(f"{types}\ntable t 60 {{\n  v {written}\n}}\n")
    with module(spec, tmp_path) as made:
        adapter = model(made, "t")
        for row in [*rows(spec, "t", 60), *({"v": one} for one in right)]:
            adapter.validate_python(row)
        for wrong in ({}, {"v": {"no such": object()}}, {"v": right[0], "w": 1}):
            with pytest.raises(ValidationError):
                adapter.validate_python(wrong)


def test_without_the_generator(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    monkeypatch.setitem(sys.modules, "datamodel_code_generator", None)
    assert main(["export", str(examples.SHOP), "--to", "pydantic"]) != 0
    said = capsys.readouterr().err
    assert "datamodel-code-generator" in said and "pip install 'specdsl[pydantic]'" in said
