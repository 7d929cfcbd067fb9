"""How fast the language server answers: real documents are edited over standard input and output.

Prints percentiles in milliseconds, from the moment a message is written to the one its answer is read, for
documents of 1,000, 5,000 and 20,000 lines. ``--edits N``: so many edits of each; ``--memory N`` prints the
server's memory over N edits; ``--json FILE`` keeps the figures.

    python benchmarks/editor/run.py
"""

from __future__ import annotations

import argparse
import compileall
import json
import random
import re
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

from client import Client
from documents import document

import specdsl

GOALS = {
    "start to first diagnostics": (700, 700, 700),
    "keystroke to syntax diagnostics": (30, None, 60),
    "keystroke to full diagnostics": (100, None, 250),
    "completion": (30, 30, 30),
    "hover with samples": (80, 80, 80),
    "formatting": (150, None, None),
}
"""At most so many milliseconds at 1,000, 5,000 and 20,000 lines, 95 times of 100."""
SIZES = (1_000, 5_000, 20_000)
Edit = tuple[int, int, str]


class Editor:
    """A document that is open in a server, with the text as the editor has it."""

    def __init__(self, client: Client, path: Path, text: str) -> None:
        self.client, self.uri, self.text, self.version = client, path.as_uri(), text, 1
        self.named = {"textDocument": {"uri": self.uri}}
        item = {"uri": self.uri, "languageId": "dgen", "version": 1, "text": text}
        self.opened = client.send("textDocument/didOpen", {"textDocument": item})

    def position(self, offset: int) -> dict[str, int]:
        line = self.text.count("\n", 0, offset)
        return {"line": line, "character": offset - self.text.rfind("\n", 0, offset) - 1}

    def edit(self, edit: Edit) -> float:
        """Make an edit, as one keystroke does; when it was sent."""
        start, end, text = edit
        span = {"start": self.position(start), "end": self.position(end)}
        self.text = self.text[:start] + text + self.text[end:]
        self.version += 1
        change = {"range": span, "text": text}
        named = {"uri": self.uri, "version": self.version}
        return self.client.send("textDocument/didChange", {"textDocument": named, "contentChanges": [change]})

    def diagnostics(self) -> tuple[float, Any]:
        """The first that is said of the document as it is; when it came."""
        return self.client.wait("textDocument/publishDiagnostics", uri=self.uri, version=self.version)

    def all_known(self) -> float:
        """When all that is wrong was known."""
        return self.client.wait("specdsl/changed", uri=self.uri, version=self.version)[0]

    def ask(self, method: str, **params: Any) -> tuple[float, Any]:
        return self.client.ask(f"textDocument/{method}", {**self.named, **params})


def keystrokes(rng: random.Random, editor: Editor) -> Iterator[Edit]:
    """What people do, again and again, each thing undone at the end."""
    numbers = list(re.finditer(r"(?<![\w.])\d+(?=[\w. ,)])", editor.text))
    names = list(re.finditer(r"(?<=\n  )[a-z_]+(?= )", editor.text))
    number, name = rng.choice(numbers), rng.choice(names)
    match rng.randrange(5):
        case 0:  # another number
            yield number.end(), number.end(), "1"
            yield number.end(), number.end() + 1, ""
        case 1:  # a column's name loses a letter: those that use it do not find it
            yield name.end() - 1, name.end(), ""
            yield name.end() - 1, name.end() - 1, name[0][-1]
        case 2:  # a new column, letter by letter
            line = "\n  fresh int in 0..9 = 1..5"
            end = editor.text.index("\n", name.end())
            for count, letter in enumerate(line):
                yield end + count, end + count, letter
            yield end, end + len(line), ""
        case 3:  # a bracket is missing for a moment
            brace = editor.text.index("}", name.end())
            yield brace, brace + 1, ""
            yield brace, brace, "}"
        case _:  # a line goes and comes back
            start = editor.text.rindex("\n", 0, name.start())
            end = editor.text.index("\n", name.end())
            gone = editor.text[start:end]
            yield start, end, ""
            yield start, start, gone


def measured(lines: int, edits: int, folder: Path) -> dict[str, list[float]]:
    """Milliseconds of everything, one server and one document of so many lines."""
    rng = random.Random(lines)
    text = document(lines)
    path = folder / f"long_{lines}.dgen"
    path.write_text(text, "utf-8")
    found: dict[str, list[float]] = defaultdict(list)
    for _ in range(3):
        client = Client()
        client.begin(folder, settings={"diagnostics": "openFiles"})
        editor = Editor(client, path, text)
        found["start to first diagnostics"].append(1e3 * (editor.diagnostics()[0] - client.began))
        found["start to all diagnostics"].append(1e3 * (editor.all_known() - client.began))
        if _ < 2:
            client.end()
    seconds, _ = editor.ask("formatting", options={"tabSize": 2, "insertSpaces": True})
    found["formatting, the first time"].append(1e3 * seconds)
    seconds, _ = editor.ask("semanticTokens/full")
    found["semantic tokens, the first time"].append(1e3 * seconds)
    result = _["resultId"]
    done = 0
    while done < edits:
        for edit in keystrokes(rng, editor):
            sent = editor.edit(edit)
            found["keystroke to syntax diagnostics"].append(1e3 * (editor.diagnostics()[0] - sent))
            found["keystroke to full diagnostics"].append(1e3 * (editor.all_known() - sent))
            done += 1
        at = editor.position(rng.choice(list(re.finditer(r" = (?=\w)", editor.text))).end())
        found["completion"].append(1e3 * editor.ask("completion", position=at)[0])
        column = rng.choice(list(re.finditer(r"(?<=\n  )[a-z_]+(?= +[a-z])", editor.text)))
        found["hover with samples"].append(
            1e3 * editor.ask("hover", position=editor.position(column.start()))[0]
        )
        seconds, answer = editor.ask("semanticTokens/full/delta", previousResultId=result)
        found["semantic tokens, delta"].append(1e3 * seconds)
        result = answer["resultId"]
        found["formatting"].append(
            1e3 * editor.ask("formatting", options={"tabSize": 2, "insertSpaces": True})[0]
        )
        for name in ("codeLens", "foldingRange", "documentSymbol"):
            found[name].append(1e3 * editor.ask(name)[0])
    client.end()
    return found


def memory(edits: int, folder: Path) -> list[tuple[int, float]]:
    """The server's resident memory in MB after so many edits of 1,000 lines, with requests in between."""
    rng = random.Random(7)
    text = document(1_000)
    path = folder / "memory.dgen"
    path.write_text(text, "utf-8")
    client = Client()
    client.begin(folder, settings={"diagnostics": "openFiles"})
    editor = Editor(client, path, text)
    editor.all_known()
    rows = []
    done, next_row = 0, 0
    while done <= edits:
        if done >= next_row:
            rows.append((done, _resident(client.pid)))
            next_row += max(edits // 10, 1)
        for edit in keystrokes(rng, editor):
            editor.edit(edit)
            editor.all_known()
            done += 1
        at = editor.position(rng.randrange(len(editor.text)))
        editor.ask("completion", position=at)
        editor.ask("hover", position=at)
        editor.ask("semanticTokens/full")
    client.end()
    return rows


def _resident(pid: int) -> float:
    text = Path(f"/proc/{pid}/status").read_text("ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", text)[1]) / 1024  # type: ignore[index]


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--edits", type=int, default=300)
    parser.add_argument("--lines", type=int, nargs="*", default=SIZES)
    parser.add_argument("--memory", type=int, default=0, metavar="EDITS")
    parser.add_argument("--json", type=Path)
    chosen = parser.parse_args()
    compileall.compile_dir(Path(specdsl.__file__).parent, quiet=1)  # as in an installation
    kept: dict[str, Any] = {}
    with tempfile.TemporaryDirectory() as name:
        for lines in chosen.lines:
            found = measured(lines, chosen.edits, Path(name))
            kept[str(lines)] = found
            print(f"\n{lines:,} lines{'':25} {'p50':>8} {'p95':>8} {'max':>8}   goal")
            for what, values in found.items():
                goal = GOALS[what][SIZES.index(lines)] if what in GOALS and lines in SIZES else None
                p95 = (
                    statistics.quantiles(values, n=20, method="inclusive")[-1]
                    if len(values) > 3
                    else max(values)
                )
                mark = "" if goal is None else f"   {goal} {'' if p95 <= goal else '(missed)'}"
                print(f"  {what:35} {statistics.median(values):8.1f} {p95:8.1f} {max(values):8.1f}{mark}")
        if chosen.memory:
            print("\nedits of 1,000 lines    resident MB")
            for edits, size in memory(chosen.memory, Path(name)):
                print(f"  {edits:20,} {size:12.1f}")
    if chosen.json:
        chosen.json.write_text(json.dumps(kept), "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
