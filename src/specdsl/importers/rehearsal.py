"""The finished spec compiled, built and verified before anything is written: the importer's own proof. A
check that rows cannot be drawn for is found here."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory

from specdsl.build import build
from specdsl.building.options import BuildOptions
from specdsl.compiler import Compilation, Overrides, compile_source
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.diagnostics.runtime import ConditionTooRare
from specdsl.generate.errors import GenerationError
from specdsl.importers.model import Spec
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.verify.rule import RuleKind

ROWS = 1_000
_FILE = "imported.dgen"
_CHECK = re.compile(r"\s*check (?:`([^`]*)`|(\w+)):")
_COLUMN = re.compile(r"\s+(?:`([^`]*)`|(\w+)) ")
_LABEL = re.compile(r"check `([^`]*)`")
_TABLE = re.compile(r"table (?:`([^`]*)`|(\w+))")


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong, in which table and with which columns, as far as that is known. ``check``: the table
    and name of the check that is to blame, None where it is none; ``shares``: whether shares of the columns
    are not as declared, which a check may be to blame for."""

    message: str
    table: str = ""
    columns: tuple[str, ...] = ()
    check: tuple[str, str] | None = None
    shares: bool = False


def problem(spec: Spec, text: str) -> Problem | None:
    """What is wrong with a spec, None for nothing."""
    files = LocalFiles()
    source = SourceFile(_FILE, text)
    compilation = compile_source(source, files)
    if compilation.dataset is None:
        return _blamed(compilation, next(d for d in compilation.diagnostics if d.severity is Severity.ERROR))
    counts = {t.name: min(t.rows, ROWS) for t in spec.tables if t.rows is not None}
    compilation = compile_source(source, files, Overrides(rows=counts))
    if compilation.dataset is None:
        return _blamed(compilation, next(d for d in compilation.diagnostics if d.severity is Severity.ERROR))
    with TemporaryDirectory(prefix="specdsl-import-") as folder:
        try:
            result = build(compilation, BuildOptions(Path(folder) / "rows", workers=1), data=files)
        except GenerationError as failure:
            found = failure.diagnostic(compilation.spans)
            if isinstance(found, ConditionTooRare) and (checks := _LABEL.findall(found.conditions)):
                return replace(_blamed(compilation, found), check=(failure.table, checks[-1]))
            return _blamed(compilation, found)
    if result.ok or result.report is None:
        return None
    broken = result.report.broken[0]
    first = dict(broken.offenders[0]) if broken.offenders else {}
    said = f"its data breaks the rule {broken.rule.name} of {broken.rule.table}, first in {first}"
    table, kind = broken.rule.table, broken.rule.kind
    check = (table, broken.rule.name.rpartition(".")[2]) if kind is RuleKind.CHECK else None
    counted = kind in (RuleKind.SHARES, RuleKind.NULL_RATE)
    return Problem(said, table, tuple(broken.rule.columns), check, counted)


def _blamed(compilation: Compilation, found: Diagnostic) -> Problem:
    """A diagnostic with the check whose line it is at."""
    source = compilation.sources[_FILE]
    lines = [source.lines.line(number) for number in range(source.lines.line_count)]
    at = source.lines.position(found.span.start).line
    said = f"{found.message()}, in `{lines[at].strip()[:120]}`"
    table = next((m[1] or m[2] for row in reversed(lines[: at + 1]) if (m := _TABLE.match(row))), "")
    check, column = _CHECK.match(lines[at]), _COLUMN.match(lines[at])
    if check is not None:
        return Problem(said, table, check=(table, check[1] or check[2]))
    return Problem(said, table, (column[1] or column[2],) if column else ())
