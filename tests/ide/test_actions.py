"""Corrections correct, and refactorings keep the text a program."""

from __future__ import annotations

import pytest

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.diagnostics.pages import codes, page
from specdsl.ide.actions import ActionKind, fix_all, quick_fixes, refactorings
from specdsl.ide.edits import applied
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from tests.ide.cursors import MAIN, placed
from tests.language.memory import MemoryFiles

TABLE = "table t 3 {\n  id int key\n  ROW\n}\n"
PLAN = 'plan string = "b" 30% | "‸a"'

# title, before, after
CASES = [
    (
        "Extract type `Price`",
        TABLE.replace("ROW", "price dec‸imal(10, 2)? in 0..100 = 1..2"),
        "type Price = decimal(10, 2) in 0..100\n\n" + TABLE.replace("ROW", "price Price? = 1..2"),
    ),
    (
        "Extract type `Dims2`",
        "type Dims = int in 0..9\n\n# T.\n" + TABLE.replace("ROW", "dims str‸uct { w float = 1.0..2.0 }"),
        "type Dims = int in 0..9\n\ntype Dims2 = struct { w float = 1.0..2.0 }\n\n# T.\n"
        + TABLE.replace("ROW", "dims Dims2"),
    ),
    (
        "Extract enum `Device`",
        TABLE.replace("ROW", 'device string? 5% null = "phone" 60% | "big ‸desk"'),
        "enum Device { phone 60%, `big desk` }\n\n" + TABLE.replace("ROW", "device Device? 5% null"),
    ),
    (
        "Extract enum `Device`",
        TABLE.replace("ROW", 'device = "phone" | "match‸"'),
        "enum Device { phone, `match` }\n\n" + TABLE.replace("ROW", "device Device"),
    ),
    (
        "Extract enum `Plan`",
        "\ufeff" + TABLE.replace("ROW", f'{PLAN}\n  x bool = plan == "b"\n  s string = upper(plan)'),
        "\ufeffenum Plan { b 30%, a }\n\n"
        + TABLE.replace("ROW", 'plan Plan\n  x bool = plan == "b"\n  s string = upper(plan)'),
    ),
    (
        "Make it refer to `companies`",
        "table companies 3 { id int key }\n" + TABLE.replace("ROW", "company_‸id int? 20% null = 1..3"),
        "table companies 3 { id int key }\n" + TABLE.replace("ROW", "company_id -> companies? 20% null"),
    ),
    (
        "Make it refer to `t`",
        TABLE.replace("ROW", "t_‸id int = 1..3"),
        TABLE.replace("ROW", "t_id -> t?"),
    ),
    (
        "Make it refer to `us`",
        "table us 3 { id int key }\n" + TABLE.replace("ROW", "us_‸id int unique = 1..3\n  x int = us_id + 1"),
        "table us 3 { id int key }\n" + TABLE.replace("ROW", "us_id -> us unique\n  x int = us_id + 1"),
    ),
    (
        "Make it refer to `us`",
        "type Id = int in 1..9\n\ntable us 3 { id -> vs key }\ntable vs 5 { id Id key }\n"
        + TABLE.replace("ROW", "us_‸id = 1..3"),
        "type Id = int in 1..9\n\ntable us 3 { id -> vs key }\ntable vs 5 { id Id key }\n"
        + TABLE.replace("ROW", "us_id -> us"),
    ),
    (
        "Count the rows by `u_id ... each 2`",
        "table u 5 { id int key }\ntable t‸ 10 {\n  u_id -> u\n}\n",
        "table u 5 { id int key }\ntable t {\n  u_id -> u each 2\n}\n",
    ),
    (
        "Spread the rows by `u_id ... each 1..2`",
        "table u 5 { id int key }\ntable t 7 {\n  u_‸id -> u\n}\n",
        "table u 5 { id int key }\ntable t 7 {\n  u_id -> u each 1..2\n}\n",
    ),
    (
        "Spread the rows by `u_id ... each 0..1`",
        "table u 5 { id int key }\n## Some.\nt‸able t 3 {\n  u_id -> u\n}\n",
        "table u 5 { id int key }\n## Some.\ntable t 3 {\n  u_id -> u each 0..1\n}\n",
    ),
    (
        "Inline type `Money`",
        "type Money = decimal(10, 2) in 0..9 = 1..2\n" + TABLE.replace("ROW", "x Mon‸ey? 10% null"),
        "type Money = decimal(10, 2) in 0..9 = 1..2\n"
        + TABLE.replace("ROW", "x decimal(10, 2)? in 0..9 10% null = 1..2"),
    ),
    (
        "Inline type `Name`",
        "type Name = string(max: 4)\n" + TABLE.replace("ROW", 'x list<Na‸me>[2] = "a" | "b"'),
        "type Name = string(max: 4)\n" + TABLE.replace("ROW", 'x list<string(max: 4)>[2] = "a" | "b"'),
    ),
    (
        "Sort columns, keys first",
        "table t‸ 3 {\n  # x\n  x int = 1..2\n  check c: x > 0\n  up_id -> t?\n  ## Its number.\n  id int key\n}\n",
        "table t 3 {\n  ## Its number.\n  id int key\n  up_id -> t?\n  # x\n  x int = 1..2\n  check c: x > 0\n}\n",
    ),
    (
        "Sort columns, keys first",
        'table t‸ 3 {\n  x int = 1..2\n  partition by y\n  y int = 1..3\n  locale "de_DE"\n  id int key\n}\n',
        'table t 3 {\n  id int key\n  x int = 1..2\n  y int = 1..3\n  partition by y\n  locale "de_DE"\n}\n',
    ),
    (
        "Sort columns, keys first",
        'table t‸ 3 {\n  locale "de_DE"\n  partition by x\n  x int = 1..2\n  id int key\n}\n',
        'table t 3 {\n  locale "de_DE"\n  partition by x\n  id int key\n  x int = 1..2\n}\n',
    ),
]


@pytest.mark.parametrize(("title", "before", "after"), CASES, ids=[c[0] for c in CASES])
def test_refactoring(title: str, before: str, after: str) -> None:
    workspace, at = placed(before)
    actions = {action.title: action for action in refactorings(workspace, MAIN, at, at)}
    assert title in actions, list(actions)
    text = applied(workspace.document(MAIN).text, actions[title].edits)
    assert text == after
    compilation = compile_source(SourceFile(MAIN, text), MemoryFiles({}))
    assert [d.message() for d in compilation.diagnostics if d.severity is Severity.ERROR] == []


@pytest.mark.parametrize(
    ("title", "row", "after"),
    [
        (
            "Add the 2 missing arms",
            "e E\n  x int = match e {\n    ‸a => 1\n  }",
            "e E\n  x int = match e {\n    a => 1\n    b => todo\n    c => todo\n  }",
        ),
        ("Add the missing arm", "x int = match id { 1 => ‸5 }", "x int = match id { 1 => 5, else => todo }"),
        (
            "Add the missing arm",
            "todo bool = match id > 3 { true => ‸false }",
            "todo bool = match id > 3 { true => false, false => todo_ }",
        ),
        ("Add the missing arm", "e E = match id { 1 => ‸a }", "e E = match id { 1 => a, else => todo }"),
        (
            "Add the missing arm",
            'x string = match id { 1 => ‸"a" }',
            'x string = match id { 1 => "a", else => todo }',
        ),
    ],
)
def test_missing_arms_are_to_be_filled_in(title: str, row: str, after: str) -> None:
    """What is added is wrong at each value that is still missing, and nowhere else."""
    head = "enum E { a, b, c }\n"
    workspace, at = placed(head + TABLE.replace("ROW", row))
    action = next(a for a in refactorings(workspace, MAIN, at, at) if a.title == title)
    assert not action.preferred
    text = applied(workspace.document(MAIN).text, action.edits)
    assert text == head + TABLE.replace("ROW", after)
    found = compile_source(SourceFile(MAIN, text), MemoryFiles({})).diagnostics
    wrong = [text[d.span.start : d.span.end] for d in found if d.severity is Severity.ERROR]
    assert wrong == ["todo_" if "todo_" in after else "todo"] * text.count("=> todo")


@pytest.mark.parametrize(
    ("absent", "text"),
    [
        ("Extract type", TABLE.replace("ROW", "x i‸nt = 1..2")),
        ("Extract enum", TABLE.replace("ROW", 'x string = "a" | low‸er("B")')),
        ("Extract enum", TABLE.replace("ROW", 'x string = "a\\nb" | "‸b"')),
        ("Extract enum", TABLE.replace("ROW", f'{PLAN}\n  x bool = plan == "c"')),
        ("Extract enum", TABLE.replace("ROW", f'{PLAN}\n  x bool = plan in ["a", "c"]')),
        ("Extract enum", TABLE.replace("ROW", f'{PLAN}\n  x string = coalesce(plan, "x")')),
        ("Extract enum", TABLE.replace("ROW", f'{PLAN}\n  check b: plan != ""')),
        ("Extract enum", TABLE.replace("ROW", PLAN) + 'table u 3 { t_id -> t, x bool = t_id.plan == "c" }\n'),
        (
            "Extract enum",
            TABLE.replace("ROW", f"{PLAN}\n  kind = plan")
            + 'table u 3 { id int key, t_id -> t, same = t_id.kind }\ntable v 3 { n -> u, x bool = n.same == "c" }\n',
        ),
        (
            "Extract enum",
            f"table t over id = 1..3 {{\n  {PLAN}\n  key (id, plan)\n}}\n"
            'table u 3 { (a, b) -> t, x bool = b == "c" }\n',
        ),
        ("Extract enum", TABLE.replace("ROW", f'{PLAN}\n  x bool = plan < "b"')),
        ("Extract enum", TABLE.replace("ROW", f'{PLAN}\n  x bool = "a" >= plan')),
        (
            "Extract enum",
            f"table us 2 {{ id int key, m = max(t.plan) }}\n{TABLE.replace('ROW', f'{PLAN}, u -> us')}",
        ),
        ("Extract type", TABLE.replace("ROW", "x Mon‸ey in 1..2")),
        ("Extract type", TABLE.replace("ROW", "x list<‸Money>[1]")),
        ("Make it refer", TABLE.replace("ROW", "thing_‸id int = 1..2")),
        ("Make it refer", "table us 3 { id uuid key }\n" + TABLE.replace("ROW", "us_‸id int = 1..3")),
        ("Make it refer", "table us 3 { id int key }\n" + TABLE.replace("ROW", 'us_‸id = "1" | "2"')),
        ("Make it refer", "table us 3 { id int key }\n" + TABLE.replace("ROW", "us_‸id Strange = 1..3")),
        ("Make it refer", "table us 2 { id int key }\n" + TABLE.replace("ROW", "us_‸id int unique = 1..3")),
        ("Make it refer", TABLE.replace("ROW", "t_‸id int = 1..3\n  x int = t_id + 1")),
        ("Count the rows", "table u 5 { id int key }\ntable t‸ 10 {\n  u_id -> u zipf(1.1)\n}\n"),
        ("Inline type", "type M = int in 0..9\n" + TABLE.replace("ROW", "x ‸M in 1..2 = 1..2")),
        ("Inline type", "type M = int in 0..9\n" + TABLE.replace("ROW", "x list<‸M>[1] = 1..2")),
        ("Inline type", "type N = json { a int = 1, n N? }\n" + TABLE.replace("ROW", "x ‸N")),
        ("Sort columns", TABLE.replace("table t", "table ‸t").replace("ROW", "x int = 1..2")),
        ("Sort columns", "table ‸t 3 {\n  x int = 1..2, id int key\n  y int = 1\n}\n"),
    ],
)
def test_not_offered(absent: str, text: str) -> None:
    workspace, at = placed(text)
    assert not [a.title for a in refactorings(workspace, MAIN, at, at) if a.title.startswith(absent)]


CHOICES = [
    (
        "Allow nulls",
        TABLE.replace("ROW", 'x string = nu‸ll | "a"'),
        TABLE.replace("ROW", 'x string? = null | "a"'),
    ),
    (
        "Allow nulls",
        TABLE.replace("ROW", "x int? 9% null = 1\n  (y int, z int) = (‸x, id)"),
        TABLE.replace("ROW", "x int? 9% null = 1\n  (y int?, z int) = (x, id)"),
    ),
    (
        "Change to `decimal(12, 2)`",
        TABLE.replace("ROW", "fe‸e float? 5% null = 1.0..9.0"),
        TABLE.replace("ROW", "fee decimal(12, 2)? 5% null = 1.0..9.0"),
    ),
    (
        "Delete `E`",
        "# A file.\n\n# What it is.\n## E.\nenum ‸E { a }  # so\n\n\n# Next.\n"
        + TABLE.replace("ROW", "x int = 3"),
        "# A file.\n\n# Next.\n" + TABLE.replace("ROW", "x int = 3"),
    ),
    (
        "Delete `x`",
        TABLE.replace("ROW", "# Steps.\n  x int hi‸dden =\n    3\n\n  y int = 3"),
        TABLE.replace("  ROW", "\n  y int = 3"),
    ),
]


def test_a_variant_of_names_gets_a_member_for_them() -> None:
    before = TABLE.replace("ROW", "v variant { car‸d struct { n int = 1 }, cash struct { m int = 2 } }")
    workspace, at = placed(before)
    workspace.finish(MAIN)
    action = next(a for a in quick_fixes(workspace, MAIN, at, at) if a.title.startswith("Name the member"))
    after = applied(workspace.document(MAIN).text, action.edits)
    assert after == before.replace("‸", "").replace("variant {", "variant kind {")
    assert compile_source(SourceFile(MAIN, after), MemoryFiles({})).dataset is not None


@pytest.mark.parametrize(("title", "before", "after"), CHOICES)
def test_choices(title: str, before: str, after: str) -> None:
    """Corrections that are one of several: not preferred, and not made by "fix all"."""
    workspace, at = placed(before)
    found = workspace.finish(MAIN)
    action = next(a for a in quick_fixes(workspace, MAIN, at, at) if a.title == title)
    assert action.diagnostic in found
    assert not action.preferred
    assert applied(workspace.document(MAIN).text, action.edits) == after
    assert compile_source(SourceFile(MAIN, after), MemoryFiles({})).diagnostics == []
    assert fix_all(workspace, MAIN) is None


@pytest.mark.parametrize(
    "row",
    ["a int = 1, x int hi‸dden = 3", "x int hi‸dden = 3, a int = 1", "(x int, y int) hi‸dden = (3, 4)"],
)
def test_what_shares_its_line_is_not_deleted(row: str) -> None:
    workspace, at = placed(TABLE.replace("ROW", row))
    assert workspace.finish(MAIN)[0].code == "DG603"
    assert [a.title for a in quick_fixes(workspace, MAIN, at, at)] == ["Ignore DG603 here"] * (
        2 if row.startswith("(") else 1
    )


@pytest.mark.parametrize(
    ("value", "joined"),
    [
        ('s + "x"', 'f"{s}x"'),
        ('s + " {" + s + "\\"q\\n"', 'f"{s} {{{s}\\"q\\n"'),
        ('(s + "x") + f"{id:03d}-"', 'f"{s}x{id:03d}-"'),
        ('id + 2 + "x" + id', 'f"{id + 2}x{id}"'),
        ('"x" + ("p" | "q") + (id + 1)', 'f"x{"p" | "q"}{id + 1}"'),
        ("s + s", 'f"{s}{s}"'),
        ('lower(s + "x")', 'lower(f"{s}x")'),
    ],
)
def test_added_texts_become_an_f_string(value: str, joined: str) -> None:
    before = TABLE.replace("ROW", f's string = "a"\n  x string = {value}')
    workspace, _ = placed(before)
    action = fix_all(workspace, MAIN)
    assert action is not None
    after = applied(before, action.edits)
    assert after == before.replace(value, joined)
    found = compile_source(SourceFile(MAIN, after), MemoryFiles({})).diagnostics
    assert [d for d in found if d.severity is Severity.ERROR] == []


@pytest.mark.parametrize("value", ['"""a\nb""" + s', "s +\n    list", "s + list"])
def test_texts_that_no_f_string_is_written_for(value: str) -> None:
    workspace, _ = placed(
        TABLE.replace("ROW", f's string = "a"\n  list list<int>[1] = 1\n  x string = {value}')
    )
    assert [d.code for d in workspace.finish(MAIN)] == ["DG302"]
    assert fix_all(workspace, MAIN) is None


def test_an_enum_is_not_extracted_where_a_file_that_imports_it_needs_texts() -> None:
    other = 'import "main.dgen"\n\ntable u 3 {\n  t_id -> t\n  x bool = t_id.plan == "MEMBER"\n}\n'
    for member, offered in (("a", True), ("c", False)):
        workspace, at = placed(TABLE.replace("ROW", PLAN), {"other.dgen": other.replace("MEMBER", member)})
        titles = [action.title for action in refactorings(workspace, MAIN, at, at)]
        assert ("Extract enum `Plan`" in titles) == offered


def test_fix_all() -> None:
    text = "enum E { alpha, beta }\ntable t 3 {\n  id int key\n  e E = alhpa\n  f E = btea\n}\n"
    workspace, _ = placed(text)
    action = fix_all(workspace, MAIN)
    assert action is not None
    assert action.kind is ActionKind.FIX_ALL
    assert applied(text, action.edits) == text.replace("alhpa", "alpha").replace("btea", "beta")
    workspace.change(MAIN, applied(text, action.edits))
    assert fix_all(workspace, MAIN) is None


def wrong_examples() -> list[tuple[str, str, dict[str, str]]]:
    """The wrong example of every page on a diagnostic, with the files that it needs."""
    found = []
    for code in codes():
        described = page(code)
        if described is None or described.fails_in_build:
            continue
        text = next((b.text for b in described.wrong if b.language == "dgen" and not b.info), None)
        if text is not None:
            found.append((code, text, {b.info: b.text for b in described.wrong if b.info}))
    return found


@pytest.mark.parametrize(("code", "text", "files"), wrong_examples(), ids=[c for c, _, _ in wrong_examples()])
def test_a_fix_leaves_nothing_of_its_diagnostic(code: str, text: str, files: dict[str, str]) -> None:
    workspace, _ = placed(text, files)
    before = workspace.diagnostics(MAIN)
    for diagnostic in before:
        fix = diagnostic.fix()
        if fix is None:
            continue
        offered = quick_fixes(workspace, MAIN, diagnostic.span.start, diagnostic.span.end)
        assert fix.edits in [action.edits for action in offered]
        changed = applied(text, [edit for edit in fix.edits if edit.span.file == MAIN])
        after = compile_source(SourceFile(MAIN, changed), MemoryFiles(files)).diagnostics
        same = [d for d in before if d.code == diagnostic.code]
        assert len([d for d in after if d.code == diagnostic.code]) < len(same)
        syntax = [d for d in before if d.code < "DG2"]
        assert len([d for d in after if d.code < "DG2"]) <= len(syntax)


def test_there_are_fixes_among_the_examples() -> None:
    fixable = [c for c, t, f in wrong_examples() if any(d.fix() for d in placed(t, f)[0].diagnostics(MAIN))]
    assert len(fixable) > 20


@pytest.mark.parametrize(("code", "text", "files"), wrong_examples(), ids=[c for c, _, _ in wrong_examples()])
def test_what_can_be_ignored(code: str, text: str, files: dict[str, str]) -> None:
    """Ignored by its action a hint is silent, stays so in the one layout, and nothing else is said."""
    workspace, _ = placed(text, files)
    before = workspace.diagnostics(MAIN)
    for diagnostic in before:
        if diagnostic.span.file != MAIN:
            continue
        offered = quick_fixes(workspace, MAIN, diagnostic.span.start, diagnostic.span.end)
        ignoring = [action for action in offered if action.title == f"Ignore {diagnostic.code} here"]
        if diagnostic.severity is Severity.ERROR or diagnostic.code in ("DG618", "DG619"):
            assert ignoring == []
            continue
        mine = [action for action in ignoring if action.diagnostic == diagnostic]
        assert [(action.kind, action.preferred) for action in mine] == [(ActionKind.QUICK_FIX, False)]
        changed = applied(text, mine[0].edits)
        formatted = format_text(SourceFile(MAIN, changed)) or ""
        for version in (changed,) if code == "DG617" else (changed, formatted):  # `18 - 65` is no slip
            after = compile_source(SourceFile(MAIN, version), MemoryFiles(files)).diagnostics
            gone = [(d.code, d.message()) for d in before if d.code != diagnostic.code]
            left = [(d.code, d.message()) for d in after if d.code != diagnostic.code]
            assert left == gone
            assert len([d for d in after if d.code == diagnostic.code]) < len(before) - len(gone)


@pytest.mark.parametrize(
    ("row", "after"),
    [
        ("f‸ee float = 1.0..2.0  # a share", "fee float = 1.0..2.0  # a share  # ignore: DG605"),
        ("f‸ee float = 1.0..2.0  # ignore: DG602 so", "fee float = 1.0..2.0  # ignore: DG602, DG605 so"),
        ("f‸ee float = 1.0..2.0, x int = 3", "# ignore: DG605\n  fee float = 1.0..2.0, x int = 3"),
        ("x int = 3, f‸ee float = 1.0..2.0", "x int = 3, fee float = 1.0..2.0  # ignore: DG605"),
        ("f‸ee float =\n    1.0..2.0", "fee float =  # ignore: DG605\n    1.0..2.0"),
        (
            'fee float = if id == 1 then 1.0 else 2.0, s string = """a\n# b""", ‸cost float = 1.0',
            'fee float = if id == 1 then 1.0 else 2.0, s string = """a\n# b""", cost float = 1.0'
            "  # ignore: DG605",
        ),
    ],
)
def test_where_the_comment_goes(row: str, after: str) -> None:
    workspace, at = placed(TABLE.replace("ROW", row))
    text = workspace.document(MAIN).text
    action = next(a for a in quick_fixes(workspace, MAIN, at, at) if a.title == "Ignore DG605 here")
    assert applied(text, action.edits) == TABLE.replace("ROW", after)
