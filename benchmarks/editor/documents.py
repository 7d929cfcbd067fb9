"""Long documents made of the real examples: each is taken again and again, under other names."""

from __future__ import annotations

import re
from pathlib import Path

from specdsl.compiler import compile_source
from specdsl.ide.sections import split
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.syntax.lexer import lex

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
_FILES = re.compile(r'\bload\(|\bfrom\s+"|\bsql\(|^import\b|\bplugin', re.MULTILINE)


def document(lines: int) -> str:
    """A document of at least so many lines without mistakes; tables are those of the examples."""
    texts = [
        path.read_text("utf-8")
        for path in sorted(EXAMPLES.glob("*/*.dgen"))
        if not _FILES.search(path.read_text("utf-8"))
    ]
    parts = ["dataset long {\n  seed 1\n  now  2025-06-01T00:00:00Z\n}\n"]
    assert any(_renamed(text, 0) for text in texts), "no example can be renamed"
    count, copy = 4, 0
    while count < lines:
        for text in texts:
            if count < lines and (part := _renamed(text, copy)):
                parts.append(part)
                count += part.count("\n") + 1
            copy += 1
    whole = "\n".join(parts)
    found = compile_source(SourceFile("long.dgen", whole), LocalFiles(EXAMPLES))
    wrong = [d for d in found.diagnostics if d.severity.value == "error"]
    assert not wrong, wrong[:3]
    return whole


def _renamed(text: str, copy: int) -> str:
    """The declarations of a spec but its dataset, with a number behind each of their names. "" where names
    mean several things, so that this would change what the spec says."""
    sections = split(text)
    declared = {one.name for one in sections if one.kind in ("table", "enum", "type", "pool")}
    kept = "".join(one.text for one in sections if one.kind != "dataset")
    renamed = "".join(
        f"{token.text}_{copy}" if token.kind == "NAME" and token.text in declared else token.text
        for token in lex(SourceFile("", kept)).tokens
    )
    alone = f"dataset d {{ seed 1, now 2025-06-01T00:00:00Z }}\n{renamed}"
    found = compile_source(SourceFile("one.dgen", alone), LocalFiles(EXAMPLES))
    return renamed if found.dataset is not None else ""
