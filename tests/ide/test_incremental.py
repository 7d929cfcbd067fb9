"""After any edits, what is told of a text is what the compiler says of it from scratch; and little is redone."""

from __future__ import annotations

import random
import re
from itertools import pairwise
from pathlib import Path

import pytest

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.ide.incremental import IncrementalCompiler
from specdsl.ide.sections import split, unclosed
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from tests import examples
from tests.language.memory import MemoryFiles

_TOKEN = re.compile(r"\w+|[^\w\s]")
EDITS = 24


def told(diagnostics: list[Diagnostic]) -> list[tuple[str, str, int, int, str]]:
    return [(d.code, d.span.file, d.span.start, d.span.end, d.message()) for d in diagnostics]


def agree(compiler: IncrementalCompiler, source: SourceFile, files: LocalFiles | MemoryFiles) -> None:
    """The same diagnostics; where there are errors, at least the same errors (hints then need not wait).
    Where brackets do not pair within their declaration, what is made of the next ones is a matter of taste:
    then there is an error, and that is all."""
    found, expected = compiler.diagnostics(), compile_source(source, files).diagnostics
    if any(unclosed(one.text) for one in split(source.text)):
        assert any(d.severity is Severity.ERROR for d in found)
        return
    if any(d.severity is Severity.ERROR for d in expected):
        found, expected = ([d for d in ds if d.severity is Severity.ERROR] for ds in (found, expected))
    assert told(found) == told(expected), source.text


def edited(rng: random.Random, text: str) -> str:
    """``text`` after a small edit, sensible or not."""
    tokens = list(_TOKEN.finditer(text))
    one, other = rng.choice(tokens), rng.choice(tokens)
    lines = text.split("\n")
    line = rng.randrange(len(lines))
    match rng.randrange(6):
        case 0:
            return text[: one.start()] + text[one.end() :]
        case 1:
            return text[: one.start()] + other[0] + text[one.end() :]
        case 2:
            return "\n".join(lines[:line] + lines[line + 1 :])
        case 3:
            place = rng.randrange(len(lines))
            return "\n".join([*lines[:place], lines[line], *lines[place:]])
        case 4:
            return text[: one.start()] + rng.choice(["0", "x", " "]) + text[one.start() :]
        case _:
            return text[: one.end()] + rng.choice(["\n", " ", "0", ".", "a"]) + text[one.end() :]


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_edits(path: Path) -> None:
    rng = random.Random(path.name)
    files = LocalFiles(path.parent)
    text = path.read_text("utf-8")
    name = str(path)
    compiler = IncrementalCompiler(files)
    compiler.update(SourceFile(name, text))
    for _ in range(EDITS):
        before, text = text, edited(rng, text)
        compiler.update(SourceFile(name, text), first=rng.randrange(len(text)))
        compiler.finish()
        agree(compiler, SourceFile(name, text), files)
        if rng.random() < 0.6:
            text = before


CHAIN = "dataset d { seed 1 }\n\n" + "\n".join(
    f"""table t{i} 100 {{
  id    int key
  name  string = "a" | "b"
  score int in 0..9 = 1..5
  up_id -> t{i - 1 if i else 0}{"" if i else "?"}
  named string{"" if i else "?"} = up_id.name
}}
"""
    for i in range(200)
)


def test_an_edit_costs_what_it_touches() -> None:
    files = MemoryFiles({})
    compiler = IncrementalCompiler(files)
    compiler.update(SourceFile("main.dgen", CHAIN))
    assert told(compiler.diagnostics()) == told(
        compile_source(SourceFile("main.dgen", CHAIN), files).diagnostics
    )
    at = CHAIN.index("1..5", CHAIN.index("table t100 "))
    before = compiler.compiled
    text = CHAIN[:at] + "1..20" + CHAIN[at + 4 :]  # nothing else has to do with the score
    assert compiler.update(SourceFile("main.dgen", text), first=at)
    assert compiler.compiled - before < 30
    before = compiler.compiled
    text = text.replace('name  string = "a" | "b"', 'name  string = "a" | "c"', 101)
    compiler.update(SourceFile("main.dgen", text))
    agree(compiler, SourceFile("main.dgen", text), files)


def test_what_depends_on_an_edit_is_looked_at_again() -> None:
    files = MemoryFiles({})
    compiler = IncrementalCompiler(files)
    compiler.update(SourceFile("main.dgen", CHAIN))
    text = CHAIN.replace("  name  string", "  nam   string", 51).replace(
        "  nam   string", "  name  string", 50
    )
    compiler.update(SourceFile("main.dgen", text))
    assert [d.code for d in compiler.diagnostics()] == ["DG202"]
    agree(compiler, SourceFile("main.dgen", text), files)
    compiler.update(SourceFile("main.dgen", CHAIN))
    assert not [d for d in compiler.diagnostics() if d.severity is Severity.ERROR]


def test_the_place_at_hand_comes_first() -> None:
    files = MemoryFiles({})
    compiler = IncrementalCompiler(files)
    text = "table a 3 { id int key }\ntable b 3 {\n  id int key\n  a_id -> a\n}\n"
    compiler.update(SourceFile("main.dgen", text))
    broken = text.replace("id int key }", "id int }")
    assert not compiler.update(SourceFile("main.dgen", broken), first=len(broken) - 3)  # `a` is left
    whole = told(compile_source(SourceFile("main.dgen", broken), files).diagnostics)
    first = told(compiler.diagnostics())
    assert first == whole[-1:] != whole
    compiler.finish()
    agree(compiler, SourceFile("main.dgen", broken), files)


def test_imported_files() -> None:
    shared = "enum Kind { a, b }\ntype Money = decimal(10, 2)\n"
    files = MemoryFiles({"shared.dgen": shared})
    text = 'import "shared.dgen"\n\ntable t 3 {\n  id int key\n  kind Kind\n  total Money = 1..5\n}\n'
    compiler = IncrementalCompiler(files)
    compiler.update(SourceFile("main.dgen", text))
    agree(compiler, SourceFile("main.dgen", text), files)
    changed = MemoryFiles({"shared.dgen": shared.replace("Money", "Mony")})
    compiler = IncrementalCompiler(changed)
    compiler.update(SourceFile("main.dgen", text))
    agree(compiler, SourceFile("main.dgen", text), changed)


def test_hints_on_what_nothing_uses_any_more() -> None:
    files = MemoryFiles({})
    text = (
        "enum Kind { a, b }\n\ntable a 3 {\n  id int key\n  x int hidden = 1..5\n}\n\n"
        "table b 3 {\n  id int key\n  a_id -> a\n  x int = a_id.x\n  kind Kind\n}\n"
    )
    compiler = IncrementalCompiler(files)
    for version in (text, text.replace("= a_id.x", "= 3"), text.replace("  kind Kind\n", ""), text):
        compiler.update(SourceFile("main.dgen", version))
        agree(compiler, SourceFile("main.dgen", version), files)


def test_the_way_from_child_to_parent_is_looked_at_though_nobody_writes_it_out() -> None:
    files = MemoryFiles({})
    text = (
        "table users 3 {\n  id int key\n  spent int? = sum(orders.total)\n}\n\n"
        "table orders 9 {\n  id int key\n  user_id -> users\n  total int = 1..5\n}\n"
    )
    compiler = IncrementalCompiler(files)
    compiler.update(SourceFile("main.dgen", text))
    changed = text.replace("  spent", "  more int = 3\n  spent")
    compiler.update(SourceFile("main.dgen", changed))  # `users` alone; it does not mention `user_id`
    assert not [d for d in compiler.diagnostics() if d.severity is Severity.ERROR]
    agree(compiler, SourceFile("main.dgen", changed), files)


def test_what_a_broken_declaration_excused_is_told_when_it_is_mended() -> None:
    files = MemoryFiles({})
    mended = "table leaves 3 {\n  id int key\n}\n\ntable visits 3 {\n  id int key\n  page_id -> pages\n}\n"
    broken = mended.replace("}\n\n", "}\nfoo bar\n\n", 1)  # which could have been `pages`
    whole = compile_source(SourceFile("main.dgen", broken), files).diagnostics
    assert "DG201" not in {d.code for d in whole}
    compiler = IncrementalCompiler(files)
    for version in (mended, broken, mended):
        compiler.update(SourceFile("main.dgen", version))
        agree(compiler, SourceFile("main.dgen", version), files)
    assert "DG201" in {d.code for d in compiler.diagnostics()}


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_in_batches(path: Path) -> None:
    """Whatever is compiled when: after the last batch all is told that the compiler says of the whole."""
    rng = random.Random(f"batches of {path.name}")
    files = LocalFiles(path.parent)
    text = path.read_text("utf-8")
    name = str(path)
    compiler = IncrementalCompiler(files)
    for _ in range(8):
        compiler.take(SourceFile(name, text))
        for _ in range(rng.randrange(3)):  # the next edit comes before all is done
            compiler.advance(near=rng.choice([None, rng.randrange(len(text) + 1)]), size=rng.randrange(2_000))
            compiler.diagnostics()
        text = edited(rng, text)
        compiler.take(SourceFile(name, text))
        while not compiler.advance(near=rng.randrange(len(text) + 1), size=rng.randrange(2_000)):
            compiler.diagnostics()
        assert compiler.advance()
        agree(compiler, SourceFile(name, text), files)


def test_batches_are_small_and_the_nearest_come_first() -> None:
    compiler = IncrementalCompiler(MemoryFiles({}))
    text = CHAIN.replace('  name  string = "a" | "b"', "  name  strin = 3")  # a mistake in each of 200 tables
    compiler.take(SourceFile("main.dgen", text))
    assert compiler.compiled == 0
    assert compiler.diagnostics() == []
    near = text.index("table t120 ")
    places: list[int] = []
    batches = [0]
    done = False
    while not done:
        done = compiler.advance(near=near, size=2_000)
        batches.append(compiler.compiled)
        told_now = [d.span.start for d in compiler.diagnostics()]
        assert set(places) <= set(told_now)
        if not places:
            assert min(abs(place - near) for place in told_now) < 100
            assert max(abs(place - near) for place in told_now) < 3_000
        places = told_now
    assert len(places) == 200
    assert len(batches) > 12
    costs = [after - before for before, after in pairwise(batches)]
    assert max(costs) < 0.15 * batches[-1]
    at_once = IncrementalCompiler(MemoryFiles({}))
    at_once.update(SourceFile("main.dgen", text))
    assert batches[-1] < 1.5 * at_once.compiled
    assert told(compiler.diagnostics()) == told(at_once.diagnostics())


def test_what_all_need_is_not_compiled_once_a_batch() -> None:
    kinds = "enum Kind { " + ", ".join(f"kind_{i}" for i in range(400)) + " }\n\n"
    tables = "".join(f"table t{i} 9 {{\n  id int key\n  kind Kind\n}}\n\n" for i in range(60))
    compiler = IncrementalCompiler(MemoryFiles({}))
    compiler.take(SourceFile("main.dgen", kinds + tables))
    near = len(kinds + tables)
    assert compiler.advance(near=near, size=500)  # not a fifth of the tables, each time with all those kinds
    compiler.take(SourceFile("main.dgen", tables))
    assert not compiler.advance(size=500)


def test_what_another_batch_cannot_read_excuses_names() -> None:
    files = MemoryFiles({})
    text = "table a 3 {\n  id int key\n  b_id -> bs\n}\n\n" + CHAIN[CHAIN.index("table t0") :] + "\nfoo bar\n"
    compiler = IncrementalCompiler(files)
    compiler.take(SourceFile("main.dgen", text))
    compiler.advance(near=0, size=100)
    assert "DG201" in {d.code for d in compiler.diagnostics()}
    while not compiler.advance(near=0, size=100):
        pass
    assert "DG201" not in {d.code for d in compiler.diagnostics()}
    agree(compiler, SourceFile("main.dgen", text), files)


IGNORING = """# ignore: DG602
enum Kind { a, b }

enum Sort { a, b }  # ignore: DG602

# ignore: DG605
table order 30 {  # ignore: DG613
  id    int key
  price float = 1.0..2.0
  cost  float? = 1.0..2.0  # ignore: DG614
  x     int hidden = 1..3  # ignore: DG603
}

table items {
  # ignore: DG605
  fee      float = 1.0..2.0
  order_id -> order each 0..40
  p_id     -> parts distinct per order_id  # ignore: DG612, DG605
  kind     Kind
}

table parts 20 {
  id int key
}
"""


def test_comments_that_silence() -> None:
    files = MemoryFiles({})
    whole = compile_source(SourceFile("main.dgen", IGNORING), files)
    assert [d.code for d in whole.diagnostics] == ["DG618", "DG618"]
    assert len({d.code for d in whole.silent}) == 6
    rng = random.Random(5)
    compiler = IncrementalCompiler(files)
    text = IGNORING
    for _ in range(250):
        before, text = text, edited(rng, text)
        compiler.update(SourceFile("main.dgen", text), first=rng.randrange(len(text)))
        while not compiler.advance(near=rng.randrange(len(text)), size=100):
            compiler.diagnostics()
        agree(compiler, SourceFile("main.dgen", text), files)
        if any(d.severity is Severity.ERROR for d in compiler.diagnostics()) or rng.random() < 0.3:
            text = before


def test_what_errors_elsewhere_kept_back_is_told_when_they_are_mended() -> None:
    files = MemoryFiles({})
    text = (
        "table a 3 {\n  id int key\n  fee float = 1.0..2.0\n}\n\n"
        "table b 3 {\n  id int key\n  x int unique = 1..2\n}\n\n"
        "table c 3 {\n  id int key\n  y int = z + 1\n  z int = y + 1\n}\n"
    )
    compiler = IncrementalCompiler(files)
    mended = text.replace("z + 1", "1")
    for version in (text, mended, mended.replace("1..2\n", "1..20\n")):
        compiler.update(SourceFile("main.dgen", version))
        agree(compiler, SourceFile("main.dgen", version), files)
    assert [d.code for d in compiler.diagnostics()] == ["DG605"]
