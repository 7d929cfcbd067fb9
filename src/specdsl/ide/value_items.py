"""Items for values: what is in scope, what fits first."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace

from specdsl.datatypes import types as t
from specdsl.functions.entry import Form, Function
from specdsl.ide.function_items import function_item, result_type
from specdsl.ide.inference import ColumnFact
from specdsl.ide.items import Item, ItemKind, keyword, spelled
from specdsl.ide.range_items import begun, dimension_items, end_items, range_items, set_items
from specdsl.ide.similarity import suits
from specdsl.ide.surroundings import Surroundings
from specdsl.syntax import tree

_TEXT, _FITS, _FORM, _NAMED, _LIKELY, _COLUMN, _CALL, _WAY, _OTHER, _WORD, _UNLIKELY = (
    5, 10, 11, 12, 20, 30, 40, 45, 50, 60, 70,
)  # fmt: skip
_OF_REFERENCES = frozenset({"index_in", "split", "first_in", "last_in"})
_AGGREGATES = frozenset({"sum", "count", "min", "max", "avg", "first", "last"})


def fits(wanted: t.DataType | None, have: t.DataType | None) -> bool:
    """Whether a value of one type can stand where the other is wanted."""
    if wanted is None or have is None:
        return False
    if t.is_numeric(wanted):
        return t.is_numeric(have)
    if isinstance(wanted, t.Timestamp):
        return isinstance(have, (t.Date, t.Timestamp))
    if isinstance(wanted, (t.String, t.Json)):
        return isinstance(have, (t.String, t.Enum))
    if isinstance(wanted, t.Enum):
        return wanted == have
    return type(wanted) is type(have)


def value_items(around: Surroundings) -> Iterator[Item]:
    """What may begin a value here."""
    context = around.context
    call = context.call
    special = list(_special(around)) if call is not None else []
    if special:
        yield from special
        return
    if call is not None and call.fresh:
        yield from _parameter_names(around)
    if context.kind == "pool" and call is None:
        yield function_item(around.functions["load"], _FITS)
        return
    if context.words[-1:] == ("RANGE",):
        yield from _ends(around)
        return
    if context.kind == "table" and "EQUAL" in context.words and context.words[:1] == ("SOFT_TABLE",):
        yield from (
            dimension_items()
            if "SOFT_OVER" in context.words
            else [function_item(around.functions["sql"], _FITS)]
        )
        return
    if context.expected.kind == "set":
        yield from set_items(around)
    else:
        yield from _known(around)
    yield from _columns(around)
    yield from _functions(around)
    yield from _words(around)


def _ends(around: Surroundings) -> Iterator[Item]:
    """What may stand behind `..`: the end of the range, columns and calculations of its type."""
    wanted = begun(around)
    yield from end_items(around)
    if around.context.words[:1] == ("SOFT_TABLE",):
        return  # what a table is made over is there before its columns
    for order, fact in enumerate(around.columns.values()):
        if fact.name not in around.context.within and (wanted is None or fits(wanted, fact.type)):
            yield column_item(fact, _column_rank(fact, wanted, compared=False), order)
    for order, function in enumerate(around.functions.values()):
        kind = result_type(function)
        takes = kind is not None and (wanted is None or fits(wanted, kind))
        if takes and not function.draws and function.form is Form.FUNCTION:
            yield function_item(function, _CALL, order)


def _known(around: Surroundings) -> Iterator[Item]:
    """The values that the expected type or what is compared with has."""
    expected, kind = around.context.expected, around.expected
    if expected.kind == "path":
        for order, value in enumerate(around.known_values(expected.names)):
            yield value_item(value, kind, _TEXT, order)
    elif isinstance(kind, t.Enum):
        for order, member in enumerate(kind.members):
            yield value_item(member, kind, _FITS, order)
        if expected.kind == "column" and around.context.call is None:
            names = [spelled(member) for member in kind.members]
            share = 100 // max(len(names), 1)
            weighted = " | ".join(f"{n} ${{{i}:{share}}}%" for i, n in enumerate(names[:-1], 1))
            if weighted:
                text = f"{weighted} | {names[-1]}"
                yield Item(
                    ItemKind.SNIPPET,
                    " | ".join(names),
                    text,
                    "A choice among all of them, with shares",
                    snippet=True,
                    rank=_FITS - 1,
                )
    elif isinstance(kind, t.Bool) and expected.kind == "column":
        for order, word in enumerate(("true", "false")):
            yield value_item(word, kind, _FITS, order)


def value_item(value: str, kind: t.DataType | None, rank: int, order: int = 0) -> Item:
    """A member of an enum, a truth value, a text."""
    if isinstance(kind, t.Enum):
        return Item(ItemKind.MEMBER, value, spelled(value), f"of {kind.name}", rank=rank, order=order)
    return Item(ItemKind.VALUE, value, value, str(kind or ""), rank=rank, order=order)


def column_item(fact: ColumnFact, rank: int, order: int = 0) -> Item:
    """A column. Its samples come when it is looked at."""
    kind = ItemKind.COLUMN if fact.target is None else ItemKind.REFERENCE
    detail = " ".join(part for part in (fact.type_text, "key" if fact.key else "") if part)
    about = ("column", fact.table, fact.name)
    return Item(kind, fact.name, spelled(fact.name), detail, fact.doc, rank=rank, order=order, about=about)


def _columns(around: Surroundings) -> Iterator[Item]:
    call = around.context.call
    own = around.context.within if call is None or call.function not in ("previous", "next") else ()
    wanted = around.expected
    compared = around.context.expected.kind == "condition"
    for order, fact in enumerate(around.columns.values()):
        if fact.name in own:
            continue
        yield column_item(fact, _column_rank(fact, wanted, compared=compared), order)
    if around.context.kind == "table" and around.context.call is None and around.candidate is not None:
        for order, fact in enumerate(around.types.columns(around.candidate).values()):
            item = column_item(fact, _COLUMN + 5, order)
            yield replace(item, label=f".{fact.name}", insert=f".{spelled(fact.name)}")


def _column_rank(fact: ColumnFact, wanted: t.DataType | None, *, compared: bool) -> int:
    """What does not fit comes after the functions that do, save where it can be ``compared``."""
    if wanted is None or fact.type is None:
        return _COLUMN
    if fact.target is not None and wanted != fact.type:
        return _COLUMN if compared else _WAY  # more often on the way to a column of its row
    if fits(wanted, fact.type):
        same = type(wanted) is type(fact.type) or not t.is_numeric(wanted)
        return _LIKELY if same else _COLUMN
    return _COLUMN if compared else _OTHER


def _parameter_names(around: Surroundings) -> Iterator[Item]:
    call = around.context.call
    function = around.functions.get(call.function) if call is not None else None
    if call is None or function is None:
        return
    for order, parameter in enumerate(function.parameters):
        if parameter.variadic or parameter.name in call.named or order < call.index - len(call.named):
            continue
        yield Item(
            ItemKind.PARAMETER,
            f"{parameter.name}:",
            f"{parameter.name}: ",
            parameter.accepts.name + (f" in {parameter.unit}" if parameter.unit else ""),
            parameter.doc,
            rank=_NAMED,
            order=order,
            again=True,
        )


def _special(around: Surroundings) -> Iterator[Item]:
    """Arguments that are no values: tables, references, pools."""
    call = around.context.call
    if call is None:
        return
    of_reference = call.function in _OF_REFERENCES and call.index == 0
    if of_reference or call.parameter in ("via", "per"):
        for order, fact in enumerate(around.columns.values()):
            if fact.target is not None:
                yield column_item(fact, _FITS, order)
        if call.parameter == "via":
            for child in around.children(around.table):
                for order, fact in enumerate(around.types.columns(child).values()):
                    if fact.target == around.table:
                        yield column_item(fact, _TEXT, order)
    elif call.function in _AGGREGATES and call.index == 0 and around.context.expected.kind == "parameter":
        for order, child in enumerate(around.children(around.table)):
            dot = "" if call.function == "count" else "."
            yield Item(
                ItemKind.TABLE,
                child,
                spelled(child) + dot,
                f"refers to {around.table}",
                rank=_FITS,
                order=order,
                about=("table", child),
                again=bool(dot),
            )
        if call.function in ("min", "max"):
            yield from _columns(around)
    elif call.function == "pick" and not call.parameter:
        for order, pool in enumerate(around.declared("pool")):
            text = f"{spelled(pool)}."
            yield Item(
                ItemKind.POOL, pool, text, "pool", rank=_FITS, order=order, about=("pool", pool), again=True
            )
        yield Item(ItemKind.SNIPPET, "[...]", '["${1:a}", "${2:b}"]', "a list", snippet=True, rank=_LIKELY)
        weights = '{"${1:a}": ${2:7}, "${3:b}": ${4:3}}'
        yield Item(
            ItemKind.SNIPPET, "{...}", weights, "weights that need not total 100", snippet=True, rank=_LIKELY
        )


def _functions(around: Surroundings) -> Iterator[Item]:
    expected, wanted = around.context.expected, around.expected
    generating = expected.kind == "column"
    column = around.context.column if generating else ""
    followed = re.match(r"\s*\(", around.document.text[around.context.span.end :]) is not None
    has_children = bool(around.table) and bool(around.children(around.table))
    for order, function in enumerate(around.functions.values()):
        if function.name in ("load", "sql", "distinct"):
            continue
        rank = _function_rank(function, wanted, generating=generating, column=column)
        if function.form is Form.AGGREGATE:
            rank = _CALL if has_children else _UNLIKELY
        yield function_item(function, rank, order, called=followed)


def _function_rank(function: Function, wanted: t.DataType | None, *, generating: bool, column: str) -> int:
    kind = result_type(function)
    agrees = fits(wanted, kind)
    if column and suits(function, column) >= 2 and (agrees or wanted is None or kind is None):
        return _FITS if suits(function, column) == 3 else _NAMED
    if wanted is None:
        return _CALL - (2 if generating and function.draws else 0)
    if not agrees:
        return _UNLIKELY if kind is not None else _OTHER
    if column and suits(function, column):
        return _LIKELY
    return _CALL - (5 if function.draws == generating else 0)


def _words(around: Surroundings) -> Iterator[Item]:
    condition = around.context.expected.kind == "condition"
    generating = around.context.expected.kind == "column"
    choose = keyword("if", "if ${1:condition} then ${2:value} else ${0:value}", rank=_WORD)
    yield choose
    yield keyword("match", "match ${1:column} {\n  $0\n}", rank=_WORD, again=False)
    if isinstance(around.expected, t.Timestamp | t.Date):
        yield Item(ItemKind.KEYWORD, "now", "now", "The dataset's clock", rank=_LIKELY)
    else:
        yield Item(ItemKind.KEYWORD, "now", "now", "The dataset's clock", rank=_UNLIKELY)
    if condition:
        yield keyword("not", rank=_LIKELY)
    yield keyword("null", rank=_WORD)
    if not isinstance(around.expected, t.Bool) or condition:
        yield keyword("true", rank=_UNLIKELY)
        yield keyword("false", rank=_UNLIKELY)
    if generating:
        yield from _forms(around.expected)
    if not generating:
        for order, name in enumerate(around.declared("enum")):
            yield Item(
                ItemKind.ENUM, name, spelled(name), "enum", rank=_UNLIKELY, order=order, about=("type", name)
            )


def _forms(kind: t.DataType | None) -> Iterator[Item]:
    """Draws that are written without a name: ranges, choices, patterns."""
    yield from range_items(kind, rank=_FORM)
    if isinstance(kind, t.String):
        yield Item(
            ItemKind.SNIPPET,
            '"a" 70% | "b"',
            '"${1:a}" ${2:70}% | "${3:b}"',
            "One of several, by shares; the rest share what is left",
            snippet=True,
            rank=15,
        )
        yield Item(
            ItemKind.SNIPPET,
            'f"{...}"',
            'f"{$1}"',
            "Text with values in it",
            snippet=True,
            rank=16,
            again=True,
        )
        yield Item(
            ItemKind.SNIPPET,
            "/[A-Z]{3}/",
            "/${1:[A-Z]{3\\}}/",
            "Text that a pattern matches",
            snippet=True,
            rank=17,
        )


# --- after a dot ------------------------------------------------------------------------------


def attribute_items(around: Surroundings) -> Iterator[Item]:
    """What may stand after a dot."""
    base, types = around.context.base, around.types
    wanted = around.expected
    if around.context.record:
        function = around.functions.get(around.context.record)
        yield from _fields(None if function is None else result_type(function), wanted)
        return
    table: str | None
    if base[:1] == ("",):
        start = around.candidate
        table = None if start is None else types.table_of(base[1:], start)
    else:
        table = types.table_of(base, around.table)
    if table is not None:
        for order, fact in enumerate(types.columns(table).values()):
            yield column_item(fact, _FITS if fits(wanted, fact.type) else _LIKELY, order)
        return
    found = around.outline.find(base[0]) if len(base) == 1 else None
    if found is not None and isinstance(found.what, tree.EnumDecl):
        kind = types.named(base[0])
        for order, member in enumerate(found.what.members):
            yield value_item(member.name.text, kind, _FITS, order)
    elif found is not None and isinstance(found.what, tree.PoolDecl):
        for order, (name, dtype) in enumerate(types.pool_columns(base[0]).items()):
            rank = _FITS if fits(wanted, dtype) else _LIKELY
            about = ("pool column", base[0], name)
            yield Item(ItemKind.FIELD, name, spelled(name), str(dtype), rank=rank, order=order, about=about)
    else:
        yield from _fields(types.of_path(base, around.table, around.candidate), wanted)


def _fields(kind: t.DataType | None, wanted: t.DataType | None) -> Iterator[Item]:
    """The fields of a struct; of what has none, nothing."""
    for order, field in enumerate(kind.fields if isinstance(kind, t.Struct) else ()):
        rank = _FITS if wanted is None or fits(wanted, field.type) else _LIKELY
        yield Item(ItemKind.FIELD, field.name, spelled(field.name), str(field.type), rank=rank, order=order)


def candidate_items(around: Surroundings) -> Iterator[Item]:
    """The columns of the row under consideration, after a dot that begins a path."""
    table = around.candidate
    for order, fact in enumerate(around.types.columns(table).values() if table else ()):
        yield column_item(fact, _FITS if fits(around.expected, fact.type) else _LIKELY, order)
    yield Item(ItemKind.KEYWORD, "row", "row", "The number of that row", rank=_UNLIKELY)


# --- the arms of a match ------------------------------------------------------------------------

_LATER_ARM = re.compile(r"(?:^|[{,\n])[ \t]*([^={}\n]+?)[ \t]*=>")


def pattern_items(around: Surroundings) -> Iterator[Item]:
    """What the arms of a match lack."""
    context = around.context
    kind = around.types.of_path(context.subject, around.table, around.candidate)
    known = [spelled(v) if isinstance(kind, t.Enum) else v for v in around.known_values(context.subject)]
    rest = around.document.text[context.span.end :]
    rest = rest[: rest.find("}")] if "}" in rest else rest[:2_000]
    later = {part.strip() for arm in _LATER_ARM.findall("\n" + rest) for part in arm.split(",")}
    missing = [value for value in known if value not in context.patterns and value not in later]
    arrow = "" if re.match(r"[ \t]*=>", rest) else " => "
    for order, value in enumerate(missing):
        yield Item(
            ItemKind.MEMBER,
            value,
            value + arrow,
            f"of {kind}" if kind else "",
            rank=_FITS,
            order=order,
            again=bool(arrow),
        )
    if len(missing) > 1 and arrow:
        text = "\n".join(f"{escaped_value} => ${{{i}:value}}" for i, escaped_value in enumerate(missing, 1))
        label = "All missing arms" if len(missing) < len(known) else "All arms"
        yield Item(ItemKind.SNIPPET, label, text, ", ".join(missing), snippet=True, rank=_TEXT)
    if "else" not in later:
        yield keyword("else", "else => $0" if arrow else "else", rank=_WORD)
