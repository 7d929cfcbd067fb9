"""Pools, and the files that tables and pools take their rows from."""

from __future__ import annotations

from specdsl.check.scopes import PoolSymbol, Program
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.files import DataFileSchema, FileProblem, Problem
from specdsl.ir.model import Pool
from specdsl.source import Span
from specdsl.syntax import tree

REMEDIES = {
    Problem.MISSING: "the path is relative to the file that names it; is it spelled as on disk?",
    Problem.UNREADABLE: "give a file that is whole and that you may read",
    Problem.OUTSIDE: (
        "move it beside the spec, or allow its folder: by `--allow FOLDER` on the command line, by `allow` "
        "in `specdsl.toml` in an editor"
    ),
    Problem.NOT_TEXT: "save it as UTF-8",
    Problem.TOO_LARGE: "use a smaller file",
    Problem.MALFORMED: "correct the file, or give the one that was meant",
    Problem.UNKNOWN_FORMAT: "CSV, Parquet, JSON and JSON Lines files can be read, by their ending",
    Problem.EMPTY: "put rows into it",
    Problem.TABLE: 'say which table it is: `from "shop.duckdb" table "users"`',
    Problem.VALUE: "correct the value, or leave its column out by a view",
}


def report_file(program: Program, problem: FileProblem, written: str, span: Span, stored: str = "") -> None:
    """Says that a file, or a table in it, cannot be used."""
    program.bag.add(
        names.FileNotUsable(
            span=span,
            path=written,
            problem=str(problem.problem),
            detail=problem.detail,
            remedy=REMEDIES.get(problem.problem, ""),
            table=stored if problem.problem is Problem.TABLE else "",
        )
    )


def data_schema(
    program: Program, written: tree.String, stored: str = "", stored_node: tree.String | None = None
) -> tuple[str, DataFileSchema] | None:
    """The path and schema of a data file, or of table ``stored`` of one that is a database; a diagnostic and
    None where it cannot be used."""
    try:
        path = program.files.resolve(written.span.file, written.value)
        return path, program.files.data_schema(path, stored)
    except FileProblem as problem:
        at = stored_node if stored_node is not None and problem.problem is Problem.TABLE else written
        report_file(program, problem, written.value, at.span, stored)
        return None


def check_pool(program: Program, pool: PoolSymbol, decl: tree.PoolDecl) -> Pool | None:
    """The checked form of a pool; its symbol gets its columns."""
    call = decl.value
    if isinstance(call, tree.ErrorExpr):
        return None
    if not isinstance(call, tree.Call) or call.function.text != "load":
        remedy = f'write `pool {names.quoted(pool.name)} = load("file.csv")`'
        program.bag.add(
            types.SpecialForm(span=call.span, function="pool", why="takes the rows of a file", remedy=remedy)
        )
        return None
    path_node: tree.String | None = None
    weight_node: tree.String | None = None
    for arg in call.args:
        name = arg.name.text if arg.name is not None else ("path" if path_node is None else "weight")
        if name not in ("path", "weight"):
            assert arg.name is not None
            near = nearest(name, ("path", "weight"))
            program.bag.add(
                names.UnknownArgument(
                    span=arg.name.span,
                    written=name,
                    near=near,
                    known=("path", "weight"),
                    corrected=program.line_with(arg.name.span, near) if near else "",
                    function="load",
                )
            )
            return None
        if not isinstance(arg.value, tree.String):
            if not isinstance(arg.value, tree.ErrorExpr):
                what = "the path of `load`" if name == "path" else "the weight of `load`"
                program.bag.add(
                    types.NotConstant(
                        span=arg.value.span, what=what, remedy='write it in quotes: `load("file.csv")`'
                    )
                )
            return None
        if name == "path":
            path_node = arg.value
        else:
            weight_node = arg.value
    if path_node is None:
        remedy = f'write `pool {names.quoted(pool.name)} = load("file.csv")`'
        program.bag.add(
            types.SpecialForm(span=call.span, function="load", why="needs the path of a file", remedy=remedy)
        )
        return None
    found = data_schema(program, path_node)
    if found is None:
        return None
    return _described(program, pool, path_node, weight_node, *found)


def _described(
    program: Program,
    pool: PoolSymbol,
    path_node: tree.String,
    weight_node: tree.String | None,
    path: str,
    schema: DataFileSchema,
) -> Pool | None:
    if schema.rows == 0:
        report_file(program, FileProblem(Problem.EMPTY, path), path_node.value, path_node.span)
        return None
    by_name = {name: dtype for name, dtype, _ in schema.columns}
    weight = "weight" if "weight" in by_name and t.is_numeric(by_name["weight"]) else None
    if weight_node is not None:
        weight = weight_node.value
        if weight not in by_name:
            near = nearest(weight, by_name)
            program.bag.add(
                names.UnknownColumn(
                    span=weight_node.span,
                    written=weight,
                    near=near,
                    known=tuple(by_name),
                    corrected=program.line_with(weight_node.span, f'"{near}"') if near else "",
                    owner=f'file "{path_node.value}"',
                    in_quotes=True,
                )
            )
            return None
        if not t.is_numeric(by_name[weight]):
            program.bag.add(
                types.TypeMismatch(
                    span=weight_node.span,
                    wanted="number",
                    found=str(by_name[weight]),
                    remedy="the weight of a pool is a column of numbers",
                )
            )
            return None
    pool.path, pool.columns, pool.weight, pool.rows = path, schema.columns, weight, schema.rows
    columns = tuple((name, dtype) for name, dtype, _ in schema.columns)
    return Pool(pool.name, path, columns, weight, schema.rows)
