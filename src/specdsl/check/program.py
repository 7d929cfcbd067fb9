"""From trees to the checked program: the passes of the checker, in order."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.check.columns import Columns
from specdsl.check.declare import declare, in_order
from specdsl.check.expressions import Typing
from specdsl.check.locales import known_locale
from specdsl.check.pools import check_pool
from specdsl.check.queries import check_queries
from specdsl.check.rows import prepare
from specdsl.check.scopes import OverridesLike, Program, Sites, poisoned
from specdsl.check.shapes import Subject, bounds
from specdsl.check.shapes import value as shape_value
from specdsl.check.spans import SpanTable
from specdsl.check.tables import check_table
from specdsl.check.type_expressions import declared, depth_of
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.model import DiagnosticBag
from specdsl.diagnostics.nearest import nearest
from specdsl.files import Files
from specdsl.ir import expr as ir
from specdsl.ir.model import Dataset, EnumType, Pool, Table
from specdsl.ir.walk import walk
from specdsl.plugins.catalogue import NO_PLUGINS, Plugins
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree

DEFAULT_NOW = 1_735_689_600_000_000  # 2025-01-01T00:00:00Z
SETTINGS = ("seed", "now", "locale", "per batch")


def check_program(
    main: tree.File,
    trees: Mapping[str, tree.File],
    files: Files,
    overrides: OverridesLike,
    bag: DiagnosticBag,
    sources: Mapping[str, SourceFile] | None = None,
    imports: Mapping[Span, str] | None = None,
    plugins: Plugins = NO_PLUGINS,
) -> tuple[Dataset | None, SpanTable]:
    """The checked program of ``main`` and what it imports, and where its parts were written.

    ``trees`` has the files by path; ``imports`` the path that each import stands for, by its span;
    ``sources`` the texts, for messages that show the user's own line; ``plugins`` the functions beside those
    of the language. Where some part is broken (every reason is then in ``bag``, or was there before) the
    dataset has the tables that do not touch it, so that those can still be analysed; None where names may be
    missing.
    """
    program = Program(files, overrides, bag, sources or {}, now=DEFAULT_NOW, plugins=plugins)
    program.incomplete = _missing_import(main, trees, imports or {})
    ordered = in_order(main, {**trees, main.span.file: main}, imports or {})
    dataset = declare(program, ordered)
    _settings(program, dataset)
    columns = Columns(program)
    pools = _pools(program, ordered)
    rows = {symbol.name: prepare(program, symbol) for symbol in program.tables.values()}
    check_queries(program, rows)
    _types(program)
    tables: dict[str, Table] = {}
    for symbol in program.tables.values():
        table = check_table(program, columns, symbol, rows[symbol.name])
        if table is not None:
            tables[symbol.name] = table
    if program.incomplete:
        return None, program.spans
    if not bag.has_errors and not (program.tables or program.enums or program.types or program.pools):
        bag.add(names.NothingDeclared(span=Span(main.span.file, main.span.start, main.span.start)))
        return None, program.spans
    if len(tables) < len(program.tables):
        tables = untouched(tables)
    enums = {n: EnumType(e.type, e.shares, e.decl.doc) for n, e in program.enums.items()}
    name = dataset.name.text if dataset is not None else _stem(main.span.file)
    doc = dataset.doc if dataset is not None else ""
    seed, now, locale, edge = program.seed, program.now, program.locale, overrides.edge
    found = Dataset(
        name, seed, now, locale, tables, enums, pools, doc, plugins.sources, edge, program.per_batch
    )
    return found, program.spans


def untouched(tables: Mapping[str, Table]) -> dict[str, Table]:
    """The tables that mention none but each other."""
    needs = {name: mentioned(table) for name, table in tables.items()}
    users: dict[str, list[str]] = {}
    for name, needed in needs.items():
        for other in needed:
            users.setdefault(other, []).append(name)
    pending = [other for other in users if other not in tables]
    touched: set[str] = set()
    while pending:
        fresh = [user for user in users.get(pending.pop(), ()) if user not in touched]
        touched.update(fresh)
        pending += fresh
    return {name: table for name, table in tables.items() if name not in touched}


def mentioned(table: Table) -> set[str]:
    """The names of the tables that a table's rows, columns and rules depend on."""
    found = {r.table for r in table.references.values()}
    if table.query is not None:
        found |= set(table.query.reads)
    roots: list[ir.Expr | None] = [c.value for c in table.columns.values()]
    roots += [g.value for g in table.groups]
    roots += [
        e for c in table.columns.values() if c.bounds is not None for e in (c.bounds.low, c.bounds.high)
    ]
    roots += [c.condition for c in table.checks]
    roots += [c.nulls.when for c in table.columns.values() if c.nulls is not None]
    for reference in table.references.values():
        roots += [reference.where, reference.each.count if reference.each is not None else None]
    for root in roots:
        for node in walk(root) if root is not None else ():
            if isinstance(node, ir.Aggregate):
                found |= {h.table for h in node.hops}
            elif isinstance(node, (ir.Follow, ir.Candidate)):
                found.add(node.table)
    return found


def _missing_import(main: tree.File, trees: Mapping[str, tree.File], imports: Mapping[Span, str]) -> bool:
    """Whether an import could not be read, so that names may be missing without being wrong."""
    files = {**trees, main.span.file: main}
    return any(
        imports.get(item.span, item.path.value) not in files
        for file in files.values()
        for item in file.items
        if isinstance(item, tree.Import)
    )


def _stem(path: str) -> str:
    return path.replace("\\", "/").rsplit("/", 1)[-1].split(".")[0].strip("<>") or "dataset"


# --- settings ------------------------------------------------------------------------------


def _settings(program: Program, dataset: tree.DatasetDecl | None) -> None:
    if program.overrides.seed is not None:
        program.seed = program.overrides.seed
    if program.overrides.now is not None:
        program.now = program.overrides.now
    if dataset is None:
        return
    program.spans.dataset = dataset.name.span
    seen: dict[str, Span] = {}
    scope = Typing(program, None, Sites())
    for setting in dataset.settings:
        name = setting.name.text
        if name not in SETTINGS:
            near = nearest(name, SETTINGS)
            program.bag.add(
                names.UnknownSetting(
                    span=setting.name.span,
                    written=name,
                    near=near,
                    known=SETTINGS,
                    corrected=program.line_with(setting.name.span, near) if near else "",
                )
            )
            continue
        if name in seen:
            program.bag.add(names.DuplicateSetting(span=setting.name.span, written=name, first=seen[name]))
            continue
        seen[name] = setting.name.span
        program.spans.settings[name] = setting.value.span
        _setting(program, scope, name, setting.value)


def _setting(program: Program, scope: Typing, name: str, node: tree.Expr) -> None:
    if isinstance(node, tree.NameRef):
        value: ir.Expr = ir.Const(t.NULL, True, None)
    else:
        value = scope.infer(node)
    if poisoned(value):
        return
    match name, value:
        case "seed", ir.Const(type=t.Int(), value=int(seed)):
            if program.overrides.seed is None:
                program.seed = seed
        case "now", ir.Const(type=t.Timestamp(), value=int(micros)):
            if program.overrides.now is None:
                program.now = micros
        case "now", ir.Const(type=t.Date(), value=int(days)):
            if program.overrides.now is None:
                program.now = days * 86_400_000_000
        case "per batch", ir.Const(type=t.Duration(), value=int(micros)) if micros >= 0:
            program.per_batch = micros
        case "locale", ir.Const(type=t.String(), value=str(locale)):
            program.locale = known_locale(program, locale, node.span) or program.locale
        case _:
            wanted, example = {
                "seed": ("a whole number", "42"),
                "now": ("a timestamp", "2025-06-01T00:00:00Z"),
                "locale": ("a locale in quotes", '"en_US"'),
                "per batch": ("a duration that is not negative", "1d"),
            }[name]
            program.bag.add(types.SettingValue(span=node.span, setting=name, wanted=wanted, example=example))


# --- pools and types -----------------------------------------------------------------------


def _pools(program: Program, files: list[tree.File]) -> dict[str, Pool]:
    pools: dict[str, Pool] = {}
    for file in files:
        for item in file.items:
            if isinstance(item, tree.PoolDecl):
                symbol = program.pools.get(item.name.text)
                if symbol is not None and symbol.span == item.name.span:
                    pool = check_pool(program, symbol, item)
                    if pool is not None:
                        pools[pool.name] = pool
    return pools


def _types(program: Program) -> None:
    """Declared types are checked whether they are used or not."""
    for name, symbol in program.types.items():
        decl = symbol.decl
        shape = declared(program, name, decl.name.span)
        depth_of(program, symbol)
        for modifier in decl.modifiers:
            if not isinstance(modifier, tree.Within):
                word = program.text(modifier).split(" ")[0] or "this"
                program.bag.add(
                    types.MisplacedModifier(
                        span=modifier.span,
                        modifier=word,
                        why="goes with a column, and this is a type",
                        remedy="write it where the type is used; a type has `in low .. high` and `= value`",
                    )
                )
        if not shape.known:
            continue
        scope = Typing(program, None, Sites(), owner=name)
        bounds(scope, shape)
        if shape.value is not None or shape.json is not None:
            shape_value(scope, shape, None, Subject(name, decl.name.span, decl.span))
