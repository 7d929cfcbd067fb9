"""``specdsl new``: a small spec to start from."""

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
@click.argument("name", default="my_data", type=click.Path())
@command_line
def command(terminal: Terminal, name: str) -> None:
    """Write NAME.dgen, a small commented spec that builds as it is. An existing file is never touched."""
    path = Path(name if name.endswith(".dgen") else f"{name}.dgen")
    if not path.stem or path.name == ".dgen":
        raise UsageError("the spec needs a name", "for instance: specdsl new shop")
    text = STARTER.format(file=path, name=_identifier(path.stem))
    try:
        with path.open("x", encoding="utf-8", newline="\n") as file:
            file.write(text)
    except FileExistsError:
        raise UsageError(f"`{path}` is there already and stays as it is", "choose another name") from None
    except FileNotFoundError:
        raise EnvironmentFailure(f"there is no folder `{path.parent}`") from None
    except OSError as error:
        raise EnvironmentFailure(f"cannot write `{path}`: {error.strerror or error}") from None
    word = shlex.quote(str(path))
    terminal.say(
        f"wrote {path}; next:\n"
        f"  specdsl preview {word}    a few rows on the terminal\n"
        f"  specdsl build {word}      data files in {path.parent / 'out'}/"
    )


def _identifier(stem: str) -> str:
    """A dataset's name from a file's name."""
    name = re.sub(r"\W+", "_", stem).strip("_") or "data"
    if name[0].isdigit() or name in _RESERVED:
        name = f"data_{name}"
    return name
