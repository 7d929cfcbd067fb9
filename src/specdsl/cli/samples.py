"""Values of a function's examples, drawn while one looks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from specdsl.errors import SpecdslError

if TYPE_CHECKING:
    from specdsl.functions.entry import Example
    from specdsl.plugins.catalogue import Plugins

ROWS = 5
_NAME = "example.dgen"


def samples(example: Example, plugins: Plugins, rows: int = ROWS) -> list[str]:
    """The values of the first rows of a column with the example as its value, as a preview shows them; [] for
    an example that needs other tables or files, or cannot be made."""
    from specdsl.cli.values import value_text
    from specdsl.compiler import Overrides, compile_source
    from specdsl.generate.errors import GenerationError
    from specdsl.generate.generator import Generator
    from specdsl.local_files import LocalFiles
    from specdsl.plan.planner import plan
    from specdsl.source import SourceFile

    text = (
        f"dataset d {{ seed 7 }}\ntable t {rows} {{\n  id int key\n  x {example.type} = {example.code}\n}}\n"
    )
    files = LocalFiles()
    compilation = compile_source(SourceFile(_NAME, text), files, Overrides(), plugins)
    if compilation.dataset is None:
        return []
    kind = compilation.dataset.tables["t"].columns["x"].type
    try:
        batches = list(Generator(plan(compilation.dataset), files).batches("t", 0, rows))
    except (GenerationError, SpecdslError):
        return []
    values = [value for batch in batches for value in batch.column("x").to_pylist()]
    return [value_text(value, kind, nested=True) for value in values]


def in_a_line(values: Sequence[str], width: int) -> str:
    """The values in one line of at most ``width`` cells, as many as fit; one value where all are equal."""
    from specdsl.diagnostics.cells import width as cells_of

    different = list(dict.fromkeys(values))
    if len(different) == 1:
        return different[0]
    line = ""
    for value in values:
        longer = f"{line}, {value}" if line else value
        if line and cells_of(longer) > width - 5:
            return f"{line}, ..."
        line = longer
    return line
