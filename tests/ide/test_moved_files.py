"""Files that are renamed and moved are still found by the specs that name them."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from specdsl.compiler import compile_path
from specdsl.diagnostics.model import Severity
from specdsl.ide.edits import applied
from specdsl.ide.moved_files import edits_for
from specdsl.ide.workspace import Workspace
from specdsl.local_files import LocalFiles
from tests.ide.cursors import MAIN, placed

MENTIONS = (
    'import "shared.dgen"\n\npool P = load("plans.csv")\n\npool Q = load(path: "data/q.csv", weight: "w")\n\n'
    'table t from "cities.csv"\n\ntable u = sql("closure.sql")\n\ntable v = sql("select * from t")\n'
)


def after(moves: list[tuple[str, str]], text: str = MENTIONS) -> str:
    workspace, _ = placed(text)
    return applied(text, edits_for(workspace, moves))


@pytest.mark.parametrize(
    ("moves", "before", "now"),
    [
        ([("shared.dgen", "common.dgen")], '"shared.dgen"', '"common.dgen"'),
        ([("shared.dgen", "lib/shared.dgen")], '"shared.dgen"', '"lib/shared.dgen"'),
        ([("plans.csv", "data/plans.csv")], '"plans.csv"', '"data/plans.csv"'),
        ([("data", "input")], '"data/q.csv"', '"input/q.csv"'),
        ([("data", "a"), ("data/q.csv", "b.csv")], '"data/q.csv"', '"b.csv"'),
        ([("cities.csv", 'ci"ties.csv')], '"cities.csv"', '"ci\\"ties.csv"'),
        ([("closure.sql", "sql/closure.sql")], '"closure.sql"', '"sql/closure.sql"'),
        ([("./plans.csv", "x/../p.csv")], '"plans.csv"', '"p.csv"'),
    ],
)
def test_what_is_named_moves(moves: list[tuple[str, str]], before: str, now: str) -> None:
    assert after(moves) == MENTIONS.replace(before, now)


def test_the_spec_itself_moves() -> None:
    moved = after([(MAIN, "specs/main.dgen")])
    for name in ("shared.dgen", "plans.csv", "data/q.csv", "cities.csv", "closure.sql"):
        assert f'"../{name}"' in moved
    assert '"select * from t"' in moved
    assert after([(MAIN, "data/main.dgen")]).count('"q.csv"') == 1


def test_what_moves_together_says_the_same() -> None:
    everything = [
        (name, f"new/{name}") for name in (MAIN, "shared.dgen", "plans.csv", "cities.csv", "closure.sql")
    ]
    assert after([*everything, ("data", "new/data")]) == MENTIONS
    assert after([]) == after([("shared.dgen", "shared.dgen")]) == after([("other", "else")]) == MENTIONS


def test_manners_of_writing() -> None:
    assert after([("a.csv", "b.csv")], 'pool P = load("./a.csv")\n') == 'pool P = load("./b.csv")\n'
    assert after([("a.csv", "/b.csv")], 'pool P = load("a.csv")\n').startswith('pool P = load("')
    assert after([("/x/a.csv", "/x/b.csv")], 'pool P = load("/x/a.csv")\n') == 'pool P = load("/x/b.csv")\n'
    assert after([("a.csv", "b.csv")], '# import "a.csv"\npool P = load("s3://a.csv")\n').count("b.csv") == 0


def test_any_moves(tmp_path: Path) -> None:
    """Whatever is moved: once it is, every spec compiles as before."""
    rng = random.Random(7)
    for attempt in range(25):
        root = tmp_path / str(attempt)
        folders = [root, root / "a", root / "a" / "b", root / "c"]
        for folder in folders:
            folder.mkdir()
        files = {"x.csv": "name,weight\nn,1\n", "y.csv": "id\n1\n", "s.dgen": "enum Kind { a, b }\n"}
        places = {name: rng.choice(folders) / name for name in files}
        for name, text in files.items():
            places[name].write_text(text)
        for number in range(3):
            spec = rng.choice(folders) / f"m{number}.dgen"
            names = {n: _relative(p, spec) for n, p in places.items()}
            spec.write_text(
                f'import "{names["s.dgen"]}"\n\npool P = load("{names["x.csv"]}")\n\n'
                f'table y from "{names["y.csv"]}"\n\ntable t 3 {{\n  id int key\n  n string = pick(P.name)\n  k Kind\n}}\n'
            )
        everything = [p for p in root.rglob("*") if p.is_file()]
        assert not _errors(root)
        moves = [(str(p), str(rng.choice(folders) / f"new_{p.name}")) for p in rng.sample(everything, 4)]
        if rng.random() < 0.5:
            moves = [(str(root / "a"), str(root / "c" / "z"))]
        workspace = Workspace(root=root)
        edits = edits_for(workspace, moves)
        for path in {edit.span.file for edit in edits}:
            text = Path(path).read_text()
            Path(path).write_text(applied(text, [edit for edit in edits if edit.span.file == path]))
        for old, new in moves:
            Path(old).rename(new)
        assert not _errors(root)


def _relative(path: Path, spec: Path) -> str:
    import os

    return os.path.relpath(path, spec.parent)


def _errors(root: Path) -> list[str]:
    files = LocalFiles(root)
    found = [d for spec in root.rglob("*.dgen") for d in compile_path(str(spec), files).diagnostics]
    return [d.message() for d in found if d.severity is Severity.ERROR]
