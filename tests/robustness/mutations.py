"""Specs that people did not mean: every example and every block of the documentation, damaged."""

from __future__ import annotations

import random
import re
from functools import lru_cache
from pathlib import Path

from tests.examples import FOLDER, ROOT, VARIED

_BLOCK = re.compile(r"^```dgen[^\n]*\n(.*?)^```", re.MULTILINE | re.DOTALL)
_DATA_BLOCK = re.compile(r"^```(?:csv|json|jsonl) (\S+)\n(.*?)^```", re.MULTILINE | re.DOTALL)
_TOKEN = re.compile(
    r'#[^\n]*|"(?:\\.|[^"\\\n])*"|\d[\d_]*(?:-\d\d-\d\d)?(?:\.\d+)?[a-z%]*|\w+|\.\.|->|=>|[<>=!]=|//|\n|[^\S\n]+|.',
    re.DOTALL,
)
_ODD = [
    *"{}()[]|%?.,;:=+-*/<>#\"'`\\@$&~^!\t\r\n\0",
    "..", "->", "=>", "//", "/[a-z]{3}/", "null", "row", "now", "key", "unique", "hidden", "each", "where", "distinct per",
    "0", "1", "-1", "99999999999999999999", "1e999", "0.1", "100%", "0%", "101%", "1d", "0001-01-01", "9999-12-31",
    "2024-02-30", '""', '"x"', 'f"{row}"', 'f"', '"""', "é", "日本", "😀", "\u202e", "\ufeff", "\u00a0", "\u2028", "“", "”",
    "sum(", "count(", "exact(", "pick(", "index_in(", "split(", "if", "then", "else", "match", "true", "false", "or", "not",
    "int", "string", "decimal(38, 38)", "date", "timestamp", "list<int>[3]", "struct { a int = 1..2 }", "in 1..2", "? 50% null",
]  # fmt: skip


@lru_cache
def corpus() -> tuple[str, ...]:
    """All texts that stand for well-meant ones, whether right or wrong."""
    texts = [path.read_text() for path in VARIED]
    for page in sorted((ROOT / "docs").rglob("*.md")):
        texts += _BLOCK.findall(page.read_text())
    return tuple(texts)


def write_data(folder: Path) -> None:
    """The data files that the corpus mentions, into ``folder``."""
    for path in FOLDER.glob("*/*.csv"):
        (folder / path.name).write_bytes(path.read_bytes())
    for page in sorted((ROOT / "docs").rglob("*.md")):
        for name, text in _DATA_BLOCK.findall(page.read_text()):
            (folder / Path(name).name).write_text(text)


@lru_cache
def _tokens() -> tuple[str, ...]:
    return tuple(t for text in corpus() for t in _TOKEN.findall(text) if not t.isspace() and t[0] != "#")


def mutated(rng: random.Random) -> str:
    """A text of the corpus with one to six changes: to tokens, lines or characters."""
    text = rng.choice(corpus())
    if len(text) > 1500 and rng.random() < 0.6:
        text = _some_statements(rng, text)
    if rng.random() < 0.6:  # still a spec, as likely as not
        for _ in range(rng.choice([1, 1, 2, 3])):
            text = rng.choice([_alike, _alike, _number])(rng, text)
        return text
    for _ in range(rng.choice([1, 1, 1, 2, 2, 3, 6])):
        text = rng.choice([_token, _token, _token, _token, _number, _number, _line, _characters])(rng, text)
    return text


def _some_statements(rng: random.Random, text: str) -> str:
    """Fewer of a long text's top-level statements."""
    parts = re.split(r"\n(?=(?:table|enum|type|pool|dataset)\b)", text)
    return "\n".join(part for part in parts if rng.random() < 0.7)


def _token(rng: random.Random, text: str) -> str:
    tokens = _TOKEN.findall(text)
    places = [i for i, t in enumerate(tokens) if not t.isspace() and t[0] != "#"]
    if not places:
        return text + rng.choice(_ODD)
    i = rng.choice(places)
    other = rng.choice([rng.choice(_tokens()), tokens[rng.choice(places)], rng.choice(_ODD)])
    match rng.randrange(6):
        case 0:
            tokens[i] = ""
        case 1:
            tokens[i] += " " + tokens[i]
        case 2:
            j = rng.choice(places)
            tokens[i], tokens[j] = tokens[j], tokens[i]
        case 3:
            tokens[i] += f" {other} "
        case _:
            tokens[i] = other
    return "".join(tokens)


def _kind(token: str) -> str:
    for kind, pattern in _KINDS.items():
        if pattern.fullmatch(token):
            return kind
    return token


_WORDS = "int string float bool date timestamp duration decimal uuid json int8 float32 time bytes"
_KINDS = {
    "type": re.compile(_WORDS.replace(" ", "|")),
    "suffix": re.compile("key|unique|hidden"),
    "operator": re.compile(r"[-+*/%|]|//|\.\.|and|or"),
    "comparison": re.compile("[<>=!]=|[<>]"),
    "text": re.compile(r'f?".*"'),
    "duration": re.compile(r"\d+(?:d|h|m|s|ms|us|w)"),
    "weight": re.compile(r"[\d.]+%"),
    "date": re.compile(r"\d{4}-.*"),
    "number": re.compile(r"\d.*"),
    "name": re.compile(r"[a-z_]\w*"),
}


def _alike(rng: random.Random, text: str) -> str:
    """Another token of the same kind, mostly of the same text, in place of one."""
    tokens = _TOKEN.findall(text)
    places = [i for i, t in enumerate(tokens) if not t.isspace() and t[0] != "#"]
    if not places:
        return text
    i = rng.choice(places)
    kind = _kind(tokens[i])
    others = [tokens[j] for j in places if _kind(tokens[j]) == kind] if rng.random() < 0.6 else []
    others = others or [t for t in rng.sample(_tokens(), 400) if _kind(t) == kind]
    if others:
        tokens[i] = rng.choice(others)
    return "".join(tokens)


def _number(rng: random.Random, text: str) -> str:
    """Another number, date or weight in place of one."""
    found = list(re.finditer(r"\d[\d_.]*", text))
    if not found:
        return text
    at = rng.choice(found)
    new = rng.choice(
        ["0", "1", "2", "-3", "7", "99", "1000", "0.5", "2.5", "1e18", "9223372036854775807", "9999", "0001"]
    )
    return text[: at.start()] + new + text[at.end() :]


def _line(rng: random.Random, text: str) -> str:
    lines = text.split("\n")
    i, j = rng.randrange(len(lines)), rng.randrange(len(lines))
    match rng.randrange(4):
        case 0:
            del lines[i]
        case 1:
            lines.insert(j, lines[i])
        case 2:
            lines[i], lines[j] = lines[j], lines[i]
        case _:
            lines.insert(i, rng.choice(rng.choice(corpus()).split("\n")))
    return "\n".join(lines)


def _characters(rng: random.Random, text: str) -> str:
    i = rng.randrange(len(text) + 1)
    match rng.randrange(4):
        case 0:
            return text[:i] + text[i + rng.randrange(1, 8) :]
        case 1:
            return text[:i] + rng.choice(_ODD) + text[i:]
        case 2:
            return text[:i] + chr(rng.choice([rng.randrange(128), rng.randrange(0xD800)])) + text[i + 1 :]
        case _:
            return text[:i]
