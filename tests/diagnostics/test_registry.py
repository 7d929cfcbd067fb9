from __future__ import annotations

import re
from types import ModuleType
from typing import ClassVar

import pytest

from specdsl.diagnostics import pages
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.diagnostics.registry import MODULES, collect, registry

KINDS = list(registry().values())


def test_there_are_many() -> None:
    assert len(KINDS) >= 80


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.code)
def test_class_is_complete(kind: type[Diagnostic]) -> None:
    assert re.fullmatch(r"DG[1-7]\d\d", kind.code)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", kind.name)
    assert "message" in kind.__dict__ or kind.message is not Diagnostic.message
    assert kind.__doc__
    assert not {"code", "name", "severity"} & kind.__facts__.keys(), "they belong to the class"
    assert (kind.severity is not Severity.ERROR) or kind.code[2] != "6"


@pytest.mark.parametrize("module", MODULES)
def test_a_module_keeps_to_one_range(module: str) -> None:
    assert len({k.code[2] for k in KINDS if k.__module__ == f"specdsl.diagnostics.{module}"}) == 1


def test_names_are_shared_by_a_code_of_compiling_and_one_of_building_at_most() -> None:
    for building in (False, True):
        names = [kind.name for kind in KINDS if (kind.code >= "DG570" and kind.code[2] == "5") == building]
        assert len(names) == len(set(names))


@pytest.mark.parametrize("kind", KINDS, ids=lambda k: k.code)
def test_class_has_a_page(kind: type[Diagnostic]) -> None:
    page = pages.page(kind.code)
    assert page is not None
    assert page.name == kind.name


def test_page_has_a_class() -> None:
    assert set(pages.codes()) == {kind.code for kind in KINDS}


def test_order_is_that_of_the_codes() -> None:
    codes = [kind.code for kind in KINDS]
    assert codes == sorted(codes)
    assert len(MODULES) == len(set(MODULES))


def declare(module: ModuleType, given_code: str, given_name: str, class_name: str) -> None:
    class Made(Diagnostic):
        code: ClassVar[str] = given_code
        name: ClassVar[str] = given_name

    Made.__module__ = module.__name__
    Made.__qualname__ = class_name
    setattr(module, class_name, Made)


def test_duplicates_are_refused() -> None:
    one, other = ModuleType("one"), ModuleType("other")
    declare(one, "DG101", "first", "First")
    declare(other, "DG101", "second", "Second")
    with pytest.raises(ValueError, match="First and Second share the code DG101"):
        collect(iter([one, other]))


def test_imported_classes_and_bases_do_not_count() -> None:
    one, other = ModuleType("one"), ModuleType("other")
    declare(one, "DG101", "first", "First")
    other.First = one.First  # type: ignore[attr-defined]
    other.Diagnostic = Diagnostic  # type: ignore[attr-defined]
    assert list(collect(iter([one, other]))) == ["DG101"]
