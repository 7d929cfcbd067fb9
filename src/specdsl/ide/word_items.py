"""Items for the words of the language, types, tables and columns: what is not a value."""

from __future__ import annotations

import re
from collections.abc import Iterator

from specdsl.check.type_expressions import TYPE_NAMES
from specdsl.datatypes import types as t
from specdsl.ide.function_items import function_item
from specdsl.ide.items import Item, ItemKind, keyword, spelled
from specdsl.ide.similarity import table_for, type_for
from specdsl.ide.surroundings import Surroundings
from specdsl.ide.value_items import column_item

TYPE_TEXTS = {
    "bool": "True or false",
    "int": "A whole number of 64 bits",
    "float": "A number with a fraction, 64 bits",
    "float32": "A number with a fraction, 32 bits",
    "float64": "The same as float",
    "decimal": "A number of so many digits, exact",
    "string": "Text",
    "bytes": "Binary data",
    "date": "A day",
    "time": "A time of day",
    "timestamp": "A moment, in UTC",
    "duration": "A length of time",
    "uuid": "A 128-bit identifier",
    "json": "A JSON document",
    "list": "Several values of one type",
    "struct": "Fields within one column",
    "variant": "JSON: one of several types",
    "tuple": "JSON: an array of items of different types",
    "map": "JSON: an object whose keys are drawn",
}
_TYPE_SNIPPETS = {
    "decimal": "decimal(${1:10}, ${2:2})",
    "list": "list<${1:string}>[${2:0..3}]",
    "struct": "struct { ${1:name} ${2:string} }",
    "variant": "variant { ${1:int in 1..9}, ${2:string = word()} }",
    "tuple": "tuple<${1:int in 1..9}, ${2:string = word()}>",
    "map": "map<${1:string = word()}, ${2:int in 1..9}>[${3:1..4}]",
}
_GROUP_TYPE = re.compile(r"[^()\n]*\)[ \t]*=[ \t]*(\w+)[ \t]*\(")


_DECLARATIONS = (
    ("table", "table ${1:name} ${2:1_000} {\n  id int key\n  $0\n}"),
    ("enum", "enum ${1:Name} { ${2:first} ${3:70}%, ${4:second} }"),
    ("type", "type ${1:Name} = ${0:decimal(10, 2)}"),
    ("pool", 'pool ${1:Name} = load("$2")'),
    (
        "dataset",
        'dataset ${1:name} {\n  seed   ${2:42}\n  now    ${3:2025-06-01T00:00:00Z}\n  locale "${4:en_US}"\n}',
    ),
    ("import", 'import "$1"'),
)


def top_items() -> Iterator[Item]:
    """Declarations."""
    for order, (word, insert) in enumerate(_DECLARATIONS):
        yield keyword(word, insert, rank=10 + order, again=word == "import")


def setting_items(around: Surroundings) -> Iterator[Item]:
    """Settings of a dataset that it does not have yet."""
    section = around.document.sections[around.document.section_at(around.offset)].text
    for order, (word, insert) in enumerate(
        (
            ("seed", "seed ${1:42}"),
            ("now", "now ${1:2025-06-01T00:00:00Z}"),
            ("locale", 'locale "$1"'),
            ("per batch", "per batch ${1:1d}"),
        )
    ):
        if not re.search(rf"(?:^|[{{,])[ \t]*{word}\b[ \t]+\S", section, re.MULTILINE):
            yield keyword(word, insert, rank=10 + order, again=word == "locale")


def setting_values(around: Surroundings) -> Iterator[Item]:
    """The value of the setting at hand."""
    match around.context.column:
        case "seed":
            yield Item(ItemKind.VALUE, "42", "42", "a whole number", rank=10)
        case "now":
            for order, text in enumerate(("2025-06-01T00:00:00Z", "2025-01-01T00:00:00Z")):
                yield Item(ItemKind.VALUE, text, text, "a timestamp", rank=10, order=order)
        case "per":
            yield keyword("batch", "batch ${1:1d}", rank=10)
        case "locale":
            from specdsl.functions.wordlists import LOCALES

            for order, locale in enumerate(LOCALES):
                yield Item(ItemKind.VALUE, f'"{locale}"', f'"{locale}"', rank=10, order=order)


def head_items(around: Surroundings) -> Iterator[Item]:
    """What may follow a table's name."""
    words = around.context.words
    if words[-1] == "SOFT_FROM":
        yield Item(ItemKind.SNIPPET, '"file"', '"$1"', "a data file", snippet=True, rank=10, again=True)
        yield keyword("database", "database ${1:shop} {\n  ${2:id int key}\n}", rank=11)
        return
    if words[-1] == "SOFT_DATABASE":
        for order, name in enumerate(_databases(around)):
            yield Item(ItemKind.VALUE, spelled(name), spelled(name), "a database", rank=10, order=order)
        return
    if "SOFT_FROM" in words and "SOFT_TABLE" not in words[1:] and "DOT" not in words:
        yield keyword("table", 'table "${1:public.users}"', rank=12)
    if "SOFT_OVER" not in words and "SOFT_FROM" not in words:
        name = "${1:day} = ${2:2024-01-01}..${3:2024-12-31} by ${4:1d}"
        yield keyword("over", f"over {name}", rank=20)
        yield keyword("from", 'from "$1"', rank=21, again=True)
    if words[2:3] == ("NUMBER",) and "SOFT_GROWS" not in words:
        yield keyword("grows", "grows ${1:100} per batch", rank=17, label="grows ... per batch")
    if len(words) == 2:
        for order, count in enumerate(("100", "1_000", "10_000")):
            yield Item(ItemKind.VALUE, count, count, "rows", rank=10, order=order)
        yield Item(
            ItemKind.SNIPPET, "= sql", '= sql("""\n  $0\n""")', "rows that SQL makes", snippet=True, rank=22
        )
    yield Item(ItemKind.SNIPPET, "{ }", "{\n  $0\n}", "the columns", snippet=True, rank=15)


def _databases(around: Surroundings) -> Iterator[str]:
    """The names of databases that tables of the program come from."""
    tables = map(around.outline.table, around.declared("table"))
    named = (table.decl.database for table in tables if table is not None)
    yield from dict.fromkeys(name.text for name in named if name is not None and name.text)


def state_items(around: Surroundings) -> Iterator[Item]:
    """The states of the lifecycle at hand, and the members of its enum."""
    enum = around.types.named(around.context.subject[0]) if around.context.subject else None
    members = enum.members if isinstance(enum, t.Enum) else ()
    for order, state in enumerate(dict.fromkeys((*members, *around.context.patterns))):
        yield Item(ItemKind.MEMBER, spelled(state), spelled(state), "a state", rank=10, order=order)


def lifecycle_items(around: Surroundings) -> Iterator[Item]:
    """The words of a lifecycle's head, and those of a transition."""
    words = around.context.words
    if around.context.texts[0] == "lifecycle":
        if "SOFT_FROM" not in words:
            yield keyword("from", "from $1", rank=10, again=True)
            if len(words) == 2:
                for order, name in enumerate(around.declared("enum")):
                    yield Item(ItemKind.TYPE, spelled(name), spelled(name), "an enum", rank=20, order=order)
        else:
            yield keyword("until", "until $1", rank=20)
    elif words[-1] == "PERCENT" or "ARROW" in words:
        yield keyword("after", "after ${1:1h..2d}", rank=10)
    else:
        yield keyword("as", "as $1", rank=20)


def history_items(around: Surroundings) -> Iterator[Item]:
    """The words of a history, in their order."""
    words = around.context.words
    if "SOFT_AFTER" in words:
        if "SOFT_CORRECTED" not in words:
            yield keyword("corrected", "corrected ${1:10}% after ${2:5d..60d}", rank=10)
        elif words[-1] == "PERCENT":
            yield keyword("after", "after ${1:5d..60d}", rank=10)
    elif "SOFT_FROM" in words:
        if "SOFT_LASTING" not in words and "SOFT_UNTIL" not in words:
            yield keyword("lasting", "lasting ${1:20d..200d}", rank=10)
        if "SOFT_UNTIL" not in words:
            yield keyword("until", "until .$1", rank=11, again=True)
    else:
        yield keyword("from", "from .$1", rank=10, again=True)
        yield keyword("after", "after ${1:0s..1d}", rank=11)


def _history_snippet(around: Surroundings) -> str:
    """A history of what the rows are counted by, from a column of it with a time."""
    table = around.own_table
    if table is not None and table.decl.events is not None:
        return "history ${1:system} after ${2:0s..1d}"
    counted = None if table is None else table.counted
    clause = None if counted is None else counted.reference
    theirs = around.types.columns(clause.table.text).values() if clause is not None else ()
    times = (f.name for f in theirs if isinstance(f.type, t.Timestamp | t.Date))
    return f"history ${{1:valid}} from .${{2:{next(times, 'created_at')}}}"


def variant_items() -> Iterator[Item]:
    """What follows the number of a variant's rows."""
    yield keyword("where", "where $1", rank=10, again=True)
    yield Item(ItemKind.SNIPPET, "{ }", "{\n  $0\n}", "what columns are", snippet=True, rank=20, again=True)


def _lifecycle_snippet(around: Surroundings) -> str:
    """A lifecycle that starts from a column with a time, where there is one."""
    times = (f.name for f in around.columns.values() if isinstance(f.type, t.Timestamp | t.Date))
    start = next(times, "created_at")
    states = "  ${3:placed} -> ${4:paid} ${5:90}% after ${6:1h..2d}\n  $0"
    return f"lifecycle ${{1:status}} from ${{2:{start}}} {{\n{states}\n}}"


def member_items(around: Surroundings) -> Iterator[Item]:
    """What may begin a statement in a table."""
    table = around.own_table
    has_key = table is not None and bool(table.key)
    if not has_key:
        yield Item(ItemKind.SNIPPET, "id", "id ${1|int,uuid|} key", "a key", snippet=True, rank=10)
        yield keyword("key", "key ($1)", rank=40, again=True)
    named = set(around.columns)
    others = [name for name in around.declared("table") if name != around.table]
    for order, other in enumerate(others[:200]):
        there = around.outline.table(other) if order < 40 else None
        column = _reference_name(other)
        if (there is None or len(there.key) == 1) and column not in named:
            text = f"{column} -> {spelled(other)}"
            yield Item(
                ItemKind.REFERENCE,
                text,
                text,
                f"a row of {other}",
                rank=20,
                order=order,
                about=("table", other),
            )
    yield keyword("check", "check ${1:name}: $0", rank=40, again=True)
    yield keyword("unique", "unique ($1)", rank=41, again=True)
    yield keyword("lifecycle", _lifecycle_snippet(around), rank=41, again=True)
    yield keyword("history", _history_snippet(around), rank=41, again=True)
    yield keyword("variant", "variant ${1:edge} ${2:5}% {\n  $0\n}", rank=44, again=True)
    yield keyword("partition", "partition by $1", rank=42, label="partition by", again=True)
    yield keyword("locale", 'locale "$1"', rank=43, again=True)
    yield keyword("target", "target $1", rank=44, again=True)
    changed = "update ${1:3}% of rows set ${2:column}\n  delete ${3:1}% of rows"
    yield keyword("changes", f"changes {{\n  {changed}\n}}", rank=44)
    yield keyword("cover", "cover ${1|pairwise,all,3-wise|} ($0)", rank=44, again=True)
    yield keyword("violate", "violate $1", rank=46, again=True)
    yield keyword("duplicate", "duplicate rows ${1:1}%", rank=47)
    for order, word in enumerate(("typos", "outliers", "malformed", "misencoded")):
        yield keyword(word, f"{word}($1) ${{2:1}}%", rank=48 + order, again=True)
    for order, record in enumerate(("person", "place", "business")):
        function = around.functions.get(record)
        kind = function.result if function is not None else None
        if isinstance(kind, t.Struct):
            fields = ", ".join(f.name for f in kind.fields if f.name not in named)
            text = f"(${{1:{fields}}}) = {record}()"
            label = f"({fields}) = {record}()"
            yield Item(
                ItemKind.SNIPPET, label, text, "columns that agree", snippet=True, rank=45, order=order
            )


def _reference_name(table: str) -> str:
    """The name that a reference to a table most often has."""
    from specdsl.ide.similarity import singular, words_of

    *before, last = words_of(table) or (table,)
    return "_".join((*before, singular(last), "id"))


def type_items(around: Surroundings, *, item_only: bool) -> Iterator[Item]:
    """Types; after a column's name (not ``item_only``) also what else may follow it."""
    column = "" if item_only else around.context.column
    likely = type_for(column) if column else ""
    enums = around.declared("enum")
    for order, name in enumerate(enums):
        near = column and name.lower() in (column.lower(), column.lower().replace("_", ""))
        rank = 5 if near else 20
        yield Item(ItemKind.ENUM, name, spelled(name), "enum", rank=rank, order=order, about=("type", name))
    for order, name in enumerate(around.declared("type")):
        same = likely and type(around.types.named(name)) is type(
            around.types.named(likely) or t.Decimal(1, 0)
        )
        rank = 8 if same and likely not in ("string", "int") else 22
        yield Item(ItemKind.TYPE, name, spelled(name), "type", rank=rank, order=order, about=("type", name))
    for order, name in enumerate(TYPE_NAMES):
        insert = _TYPE_SNIPPETS.get(name, name)
        sized = re.fullmatch(r"u?int\d+|float\d+", name)
        rank = 10 if name == likely else 40 if sized else 30
        detail = TYPE_TEXTS.get(name, f"A whole number of {name.lstrip('uint')} bits")
        yield Item(
            ItemKind.TYPE,
            name,
            insert,
            detail,
            f"```dgen\n{column or 'x'} {insert if '$' not in insert else name}\n```\n{detail}.",
            snippet="$" in insert,
            rank=rank,
            order=order,
        )
    if item_only:
        return
    tables = around.declared("table")
    near_tables = table_for(column, tables) if column.lower().endswith("id") or len(column) > 2 else []
    for order, table in enumerate(near_tables[:5]):
        text = f"-> {spelled(table)}"
        rank = 4 if column.lower().endswith("id") else 25
        yield Item(
            ItemKind.REFERENCE,
            text,
            text,
            f"a row of {table}",
            rank=rank,
            order=order,
            about=("table", table),
        )
    yield Item(ItemKind.KEYWORD, "->", "-> ", "refers to a row of a table", rank=26, again=True)
    yield Item(ItemKind.KEYWORD, "=", "= ", "the value; its type is the column's", rank=27, again=True)


def modifier_items(around: Surroundings) -> Iterator[Item]:
    """What may follow a type."""
    words, part = around.context.words, around.context.part
    in_type = around.context.kind == "type"
    before = words[-1] if words else ""
    if "OPTIONAL" not in words and len(words) <= 3 and part != "alternative":
        yield Item(ItemKind.KEYWORD, "?", "?", "may be null", rank=30)
    if part == "item":
        return  # what is said of a list's items stands after its size
    yield Item(ItemKind.KEYWORD, "=", "= ", "how it is drawn", rank=10, again=True)
    if "IN" not in words:
        yield keyword("in", "in ${1:0} .. ${2:100}", rank=15)
    if part == "element" and "OPTIONAL" in words:
        yield keyword("null", "${1:10}% null", rank=22, label="10% null")
    if part == "field":
        yield from _null_items(words, before)
    if in_type or part:
        return
    if "KEY" not in words and not (around.own_table is not None and around.own_table.key):
        yield keyword("key", rank=12)
    if "UNIQUE" not in words and "KEY" not in words:
        yield keyword("unique", rank=16)
    if "HIDDEN" not in words:
        yield keyword("hidden", rank=20)
    if "SOFT_BARE" not in words and around.context.kind == "table":
        yield keyword("bare", rank=24)
    if "SOFT_CHANGES" not in words and around.own_table is not None and around.own_table.counted is not None:
        if before == "PERCENT":
            yield keyword("changes", rank=5)
        else:
            yield keyword("changes", "${1:30}% changes", rank=24, label="30% changes")
    yield from _null_items(words, before)


def _null_items(words: tuple[str, ...], before: str) -> Iterator[Item]:
    if before == "PERCENT":
        yield keyword("null", rank=5)
        yield keyword("absent", rank=6)
    elif "NULL" not in words and "SOFT_ABSENT" not in words:
        yield keyword("null", "${1:10}% null", rank=22, label="10% null")
        yield keyword(
            "null", "null ${1:40}% when ${2:condition} else ${3:5}%", rank=23, label="null ...% when"
        )
        yield keyword("absent", "${1:10}% absent", rank=23, label="10% absent")


def target_items(around: Surroundings) -> Iterator[Item]:
    """Tables to refer to: by the column's name, then the others, those with a key first."""
    tables = around.declared("table")
    near = table_for(around.context.column, tables)
    counted = _counted_by(around)
    for order, name in enumerate(tables):
        table = around.outline.table(name) if len(tables) <= 400 or name in near[:3] else None
        rank = 5 + near.index(name) if name in near[:5] else 20
        if name == around.table:
            rank = max(rank, 30) if name not in near else rank
        if table is not None and not table.key:
            rank = 60
        if name in counted:
            rank = 65
        detail = "no key" if table is not None and not table.key else ""
        if table is not None and table.key:
            detail = f"key {', '.join(table.key)}"
        doc = table.decl.doc if table is not None else ""
        yield Item(
            ItemKind.TABLE, name, spelled(name), detail, doc, rank=rank, order=order, about=("table", name)
        )


def _counted_by(around: Surroundings) -> set[str]:
    """The tables whose number of rows comes from the table at hand, however far: none of its parents."""
    children: dict[str, list[str]] = {}
    for section in around.program.sections:
        members = section.members if section.kind == "table" and section.targets else ()
        for target in {name for member in members if "each" in member.words for name in member.targets}:
            children.setdefault(target, []).append(section.name)
    found: set[str] = set()
    pending = [around.table]
    while pending:
        for child in children.get(pending.pop(), ()):
            if child not in found and child != around.table:
                found.add(child)
                pending.append(child)
    return found


_ON_DELETE = {
    "cascade": "deleted with its parent",
    "set null": "null when its parent is deleted",
    "restrict": "its parent is not deleted",
}


def suffix_items(around: Surroundings) -> Iterator[Item]:
    """What may follow the table of a reference."""
    words = around.context.words
    before = words[-1]
    if before == "DISTINCT":
        yield keyword("per", rank=5, again=True)
        return
    if "OPTIONAL" not in words:
        yield Item(ItemKind.KEYWORD, "?", "?", "may be null", rank=40)
    if "EACH" not in words:
        yield keyword("each", "each ${1:1..5}", rank=10)
    elif "SOFT_MAX" not in words:
        yield keyword("max", "max ${1:10}", rank=10)
    if "WHERE" not in words:
        yield keyword("where", "where .$1", rank=12, again=True)
    else:
        for word in ("and", "or"):
            yield keyword(word, rank=14)
    there = around.outline.table(around.candidate) if around.candidate is not None else None
    if there is not None and there.histories and "SOFT_OF" not in words and "EACH" not in words:
        yield keyword("as of", "as of $1", rank=13, again=True)
    if "SOFT_SINCE" not in words and "EACH" not in words:
        yield keyword("since", "since ${1:1d}", rank=28)
    if "SOFT_ON" not in words:
        for order, action in enumerate(("cascade", "set null", "restrict")):
            if action != "set null" or "OPTIONAL" in words:
                label = f"on delete {action}"
                yield Item(ItemKind.KEYWORD, label, label, _ON_DELETE[action], rank=29, order=order)
    if "DISTINCT" not in words:
        yield keyword("distinct", "distinct per ${1:column}", rank=14, label="distinct per")
    for order, function in enumerate(f for f in around.functions.values() if f.skew):
        if function.name not in around.context.texts:
            yield function_item(function, 13, order)
    yield from _null_items(words, before)
    if "UNIQUE" not in words and "KEY" not in words:
        yield keyword("unique", rank=25)
        yield keyword("key", rank=26)
    if "HIDDEN" not in words:
        yield keyword("hidden", rank=30)


def after_value_items(around: Surroundings) -> Iterator[Item]:
    """Operators that are words, and the bar between the arms of a choice."""
    words, context = around.context.words, around.context
    if words.count("IF") > words.count("THEN"):
        yield keyword("then", rank=5, again=True)
    elif words.count("THEN") > words.count("ELSE"):
        yield keyword("else", rank=6, again=True)
    if context.kind == "enum":
        return
    if "EQUAL" in words or "FAT_ARROW" in words:
        yield Item(ItemKind.KEYWORD, "|", "| ", "or else: the next arm of a choice", rank=10, again=True)
    if "WHEN" in words and "ELSE" not in words:
        yield keyword("else", "else ${1:5}%", rank=8)
    if "MATCH" in words and words[-1] != "RBRACE" and "FAT_ARROW" not in words:
        yield Item(ItemKind.SNIPPET, "{ }", "{\n  $0\n}", "the arms", snippet=True, rank=5, again=True)
    call = context.call
    if call is not None and call.function in ("sum", "count", "min", "max", "avg", "first", "last"):
        if "WHERE" not in words:
            yield keyword("where", "where .$1", rank=8, again=True)
        yield Item(ItemKind.PARAMETER, ", via:", ", via: ", "the reference to go by", rank=30, again=True)
    for order, word in enumerate(("and", "or", "in", "not in")):
        insert = f"{word} [$1]" if word.endswith("in") else None
        yield keyword(word, insert, rank=20 + order, again=True)


def columns_items(around: Surroundings) -> Iterator[Item]:
    """Columns of the table, where only their names may stand; those that stand there already are left out."""
    taken = set(around.context.texts)
    for order, fact in enumerate(around.columns.values()):
        if fact.name not in taken and not (fact.hidden and "SOFT_PARTITION" in around.context.words):
            yield column_item(fact, 10, order)


_STRENGTHS = (
    ("pairwise", "every pair of values of any two columns"),
    ("all", "every combination of the values of all columns"),
    ("3-wise", "every combination of values of any three columns"),
)


def strength_items(around: Surroundings) -> Iterator[Item]:
    """How many columns' values are combined."""
    rest = around.document.text[around.context.span.end : around.context.span.end + 40]
    opened = rest.lstrip(" \t").startswith("(")
    for order, (word, detail) in enumerate(_STRENGTHS):
        text = word if opened else f"{word} ($0)"
        yield Item(ItemKind.KEYWORD, word, text, detail, snippet=not opened, rank=10, order=order)


def group_items(around: Surroundings) -> Iterator[Item]:
    """Names of columns drawn together: the fields of what is drawn, where it is a record."""
    rest = around.document.text[around.context.span.end : around.context.span.end + 2_000]
    found = _GROUP_TYPE.match(rest)
    function = around.functions.get(found[1]) if found is not None else None
    kind = function.result if function is not None else None
    if not isinstance(kind, t.Struct):
        return
    later = set(re.findall(r"\w+", rest[: rest.find(")")]))
    taken = {*around.context.texts, *later}
    for order, field in enumerate(f for f in kind.fields if f.name not in taken):
        detail = f"{field.type}, of {function.name}()" if function is not None else str(field.type)
        yield Item(ItemKind.FIELD, field.name, spelled(field.name), detail, rank=10, order=order)
