"""Names that people, machines and mischief give."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.robustness.outcomes import codes, ended

NAMES = [
    'a"b', "a'b", "a;drop table u --", "/*", "a--b", "../x", "/etc/x", "a/b", "a\\\\b", "a:b", "a*b?", "a<b>|c", "$HOME", "~", "-a",
    "%00", "%s", "{x}", "manifest", "manifest.json", ".hidden", ".", "..", " a ", "a.", "a b", "a\tb", "select", "order",
    "main.x", "information_schema", "sqlite_master", "CON", "nul.txt", "com1", "x" * 200,
    "日本", "имя", "όνομα", "שם", "اسم", "नाम", "ชื่อ", "이름", "ß", "İ", "ı", "ﬁ", "😀", "a\u0301", "a\u202eb", "\u200b",
]  # fmt: skip


@pytest.mark.parametrize("name", NAMES, ids=[f"{i}" for i in range(len(NAMES))])
def test_tables_and_columns_of_any_name(tmp_path: Path, name: str) -> None:
    """Quoted wherever they go: into SQL, into files' names, into paths of values."""
    spec = f"""
table `{name}` 3 {{ `{name}` int key, c int = `{name}` + 1, x string unique = f"{{`{name}`}}", check `{name}`: c > 0 }}
table u 5 {{ r -> `{name}`, d int = r.`{name}`, `{name}` struct {{ `{name}` int = 1..3 }} }}
table v {{ r -> `{name}` each 2 }}
table q = sql("select * from u")
"""
    ran = ended(tmp_path, spec)
    assert ran.status == 0, ran.err
    assert sorted(p.name for p in tmp_path.iterdir()) == ["main.dgen", "out"]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text("utf-8"))
    assert len(list((tmp_path / "out").iterdir())) == 5 and len(manifest["tables"]) == 4
    for path in (tmp_path / "out").iterdir():
        assert path.name.split(".")[0].casefold() not in {"con", "nul", "com1", ""}
    ran = ended(tmp_path, spec, str(tmp_path / "out"), command="verify")
    assert ran.status == 0, ran.err


@pytest.mark.parametrize("form", ["csv", "jsonl", "arrow"])
@pytest.mark.parametrize("name", ['a"b;--', "日本", "a,b\t'c"])
def test_names_in_every_format(tmp_path: Path, form: str, name: str) -> None:
    text = f'table `{name}` 3 {{ `{name}` int key, s string = "a\\u0000b" }}'
    assert ended(tmp_path, text, "-f", form).status == 0


@pytest.mark.parametrize("pair", [("Users", "users"), ("É", "é"), ("ß", "ss")])
def test_tables_that_would_share_a_file_somewhere(tmp_path: Path, pair: tuple[str, str]) -> None:
    a, b = pair
    ran = ended(tmp_path, f"table `{a}` 3 {{ i int key }}\ntable `{b}` 3 {{ i int key }}")
    assert ran.status == 1 and "the same file" in ran.err and "rename one of them" in ran.err


def test_names_alike_but_for_their_encoding(tmp_path: Path) -> None:
    ran = ended(tmp_path, "table `\u00e9` 3 { i int key }\ntable `e\u0301` 3 { i int key }")
    assert codes(ran) == ["DG210"]


@pytest.mark.parametrize("name", ["x" * 300, "日" * 100])
def test_names_too_long_for_a_file(tmp_path: Path, name: str) -> None:
    ran = ended(tmp_path, f"table {name} 3 {{ i int key }}")
    assert ran.status == 3 and "too long for this disk" in ran.err and "shorter name" in ran.err
    assert len(ran.err) < 500


@pytest.mark.parametrize("name", ["", "a\nb"])
def test_names_that_are_none(tmp_path: Path, name: str) -> None:
    assert set(codes(ended(tmp_path, f"table `{name}` 3 {{ i int key }}"))) == {"DG137"}


def test_nothing_is_known(tmp_path: Path) -> None:
    ran = ended(
        tmp_path,
        "table t foo { a nope = bar(baz, qux: quux).x\n b -> zz where .k == kk each ll\n check c: d }\n"
        'pool P = nope("x")\nimport "zz"\ntable u 3 { p string = pick(Q.r), z int = sum(x.y), s E.m }\n',
    )
    assert ran.status == 1 and len(codes(ran)) >= 6


def test_every_type_is_wrong(tmp_path: Path) -> None:
    """One diagnostic for each, all of them in one run."""
    columns = [
        'a int = "x"', "b string = 3", "c bool = 2025-01-01", "d date = true", 'e list<int>[3] = "x"', "g uuid = 1",
        "h bytes = 1.5", "i json = 1d", "j time = 2025-01-01", "k duration = 5", 'm decimal(3, 1) = "1"', "check x: 3",
    ]  # fmt: skip
    ran = ended(tmp_path, "table t 3 {\n" + "\n".join(columns) + "\n}")
    assert len(codes(ran)) == len(columns), ran.err
