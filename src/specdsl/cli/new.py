"""``specdsl new``: a small spec to start from, or a copy of an example."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import click

from specdsl.cli.options import command_line
from specdsl.cli.terminal import Terminal
from specdsl.errors import EnvironmentFailure, UsageError

STARTER = """\
## Change a number or a name, then look at what it does: specdsl preview {file}
dataset {name} {{
  seed 42                    # the same seed makes the same data, everywhere
  now  2025-06-01T00:00:00Z  # what "now" means in this file
}}

enum Status {{ pending 20%, paid 70%, cancelled 10% }}

## People: a key, made-up names, and when they joined.
table customers 100 {{
  id         int key       = sequence(start: 1)
  name       string        = full_name()
  email      string unique = f"customer{{row}}@example.com"
  country    string        = "US" 50% | "DE" 30% | "BR"  # the rest goes to the last one
  created_at timestamp     = 2024-01-01 .. 2025-05-31
}}

## Zero to five orders for each customer, never before the customer joined.
table orders {{
  id          int key             = sequence(start: 1000)
  customer_id -> customers each 0..5
  status      Status
  placed_at   timestamp in .. now = customer_id.created_at + exponential(mean: 30d)
  total       decimal(10, 2) in 5..500 = lognormal(mean: 3.5, sigma: 0.7)
  note        string? 80% null    = sentence(words: 3..8)

  check joined_first: placed_at >= customer_id.created_at
}}
"""

_RESERVED = frozenset({
    "and", "or", "not", "in", "if", "then", "else", "match", "null", "true", "false",
    "key", "unique", "hidden", "each", "where", "distinct", "per", "when",
})  # fmt: skip


@click.command("new")
@click.argument("name", required=False, type=click.Path())
@click.option("--from", "example", metavar="EXAMPLE", help="Copy an example, and the data files it reads.")
@click.option("--list", "listed", is_flag=True, help="List the examples.")
@command_line
def command(terminal: Terminal, name: str | None, example: str | None, listed: bool) -> None:
    """Write NAME.dgen, a small commented spec that builds as it is; or a copy of an example.

    A file that exists is never touched.
    """
    if listed:
        terminal.out(_listing(terminal.out_columns))
        return
    path = _path(name or example or "my_data")
    if example is None:
        files = {path: STARTER.format(file=path, name=_identifier(path.stem)).encode()}
    else:
        files = _copies(example, path)
    _write(files)
    word = shlex.quote(str(path))
    others = "".join(f" and {other}" for other in files if other != path)
    terminal.say(
        f"wrote {path}{others}; next:\n"
        f"  specdsl preview {word}    a few rows on the terminal\n"
        f"  specdsl build {word}      data files in {path.parent / 'out'}/"
    )


def _path(name: str) -> Path:
    path = Path(name if name.endswith(".dgen") else f"{name}.dgen")
    if not path.stem or path.name == ".dgen":
        raise UsageError("the spec needs a name", "for instance: specdsl new shop")
    return path


def _write(files: dict[Path, bytes]) -> None:
    """All of ``files``, or none of them."""
    written: list[Path] = []
    try:
        for path, content in files.items():
            with path.open("xb") as file:
                written.append(path)
                file.write(content)
    except OSError as error:
        for done in written:
            done.unlink(missing_ok=True)
        match error:
            case FileExistsError():
                hint = "choose another name" if path.suffix == ".dgen" else "start in another folder"
                raise UsageError(f"`{path}` is there already and stays as it is", hint) from None
            case FileNotFoundError():
                raise EnvironmentFailure(f"there is no folder `{path.parent}`") from None
            case _:
                raise EnvironmentFailure(f"cannot write `{path}`: {error.strerror or error}") from None


# --- examples ------------------------------------------------------------------------------


def examples() -> dict[str, Path]:
    """The folders of the examples by name."""
    from specdsl.resources import resource_dir

    folders = sorted(resource_dir("examples").iterdir())
    return {folder.name: folder for folder in folders if (folder / f"{folder.name}.dgen").is_file()}


def _copies(example: str, path: Path) -> dict[Path, bytes]:
    """The spec of ``example``, to be written to ``path``, and beside it the files that it reads."""
    from specdsl.diagnostics.nearest import nearest

    found = examples()
    if example not in found:
        near = nearest(example, found)
        hint = f"did you mean `{near}`? " if near else ""
        raise UsageError(f"there is no example `{example}`", f"{hint}specdsl new --list shows them all")
    folder = found[example]
    files = {path: (folder / f"{example}.dgen").read_bytes()}
    for other in sorted(folder.iterdir()):
        if other.is_file() and other.name not in (f"{example}.dgen", "README.md"):
            files[path.parent / other.name] = other.read_bytes()
    return files


def _listing(columns: int) -> str:
    """Every example with the first sentence of its documentation."""
    found = examples()
    width = max(map(len, found))
    lines = []
    for name, folder in found.items():
        text = (folder / f"{name}.dgen").read_text(encoding="utf-8")
        doc = " ".join(re.findall(r"^## ?(.*)$", text.split("\n##\n")[0], re.MULTILINE))
        room = max(20, columns - width - 2)
        lines.append(f"{name:{width}}  {doc if len(doc) <= room else doc[: room - 1].rstrip() + '…'}\n")
    return "".join(lines) + "\nspecdsl new --from NAME copies one.\n"


def _identifier(stem: str) -> str:
    """A dataset's name from a file's name."""
    name = re.sub(r"\W+", "_", stem).strip("_") or "data"
    if name[0].isdigit() or name in _RESERVED:
        name = f"data_{name}"
    return name
