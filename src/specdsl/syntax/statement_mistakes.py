"""What people type where a statement stands: words of other languages, names without types, things in the
wrong order. Each rule answers with a diagnosis or None."""

from __future__ import annotations

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.model import Edit
from specdsl.diagnostics.nearest import nearest
from specdsl.source import Span
from specdsl.syntax import sql_columns
from specdsl.syntax.brackets import is_name
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.situation import Diagnosis, Situation, found_in_words
from specdsl.syntax.tokens import Token, kinds

STATEMENTS = {
    "dataset": "SOFT_DATASET",
    "import": "SOFT_IMPORT",
    "enum": "SOFT_ENUM",
    "type": "SOFT_TYPE",
    "pool": "SOFT_POOL",
    "table": "SOFT_TABLE",
}
_SQL_STATEMENTS = kinds("CREATE INSERT SELECT ALTER DROP UPDATE DELETE WITH")
_SQL_OPTIONS = {
    "PRIMARY": "write `key` after the type",
    "AUTO_INCREMENT": "an int key counts by itself: `id int key`",
    "AUTOINCREMENT": "an int key counts by itself: `id int key`",
    "REFERENCES": "a reference is written `user_id -> users`",
    "FOREIGN": "a reference is written `user_id -> users`",
    "DEFAULT": "write the value after `=`",
    "NOT": "columns are never null unless their type ends in `?`",
    "NULL": "a type that ends in `?` can be null: `string?`",
    "NULLABLE": "a type that ends in `?` can be null: `string?`",
    "CONSTRAINT": "write `check name: condition`",
    "CHECK": "a check stands alone: `check name: condition`",
    "COMMENT": "a line above the column describes it: `## the text`",
    "UNSIGNED": "bounds say so: `int in 0..`",
    "IDENTITY": "an int key counts by itself: `id int key`",
}
_LOOP = "there are no loops: `table name 100 { ... }` makes a hundred rows"
_VARIABLE = (
    "there are no variables: a hidden column holds what others use, `type` names a type with its bounds"
)
_PROGRAMMING = {
    "for": _LOOP, "foreach": _LOOP, "while": _LOOP, "repeat": _LOOP, "let": _VARIABLE, "const": _VARIABLE,
    "var": _VARIABLE, "val": _VARIABLE, "def": _VARIABLE, "function": _VARIABLE,
}  # fmt: skip
_MODIFIERS = kinds("KEY UNIQUE HIDDEN EACH WHERE DISTINCT IN")


def _statement_of_the_file(s: Situation) -> Diagnosis | None:
    """The first word of a line at the top of the file."""
    if s.block != "file" or s.index != s.statement or s.token.kind in (NEWLINE, END):
        return None
    text, following = s.token.text, s.at(1)
    if text.upper() in _SQL_STATEMENTS and is_name(s.token) and text not in STATEMENTS:
        return _sql_statement(s)
    if is_name(s.token) and text.lower() in STATEMENTS:
        word = text.lower()
        return Diagnosis(
            errors.KeywordCase(span=s.span(), text=text, intended=word), replace=STATEMENTS[word]
        )
    if is_name(s.token) and following.kind == "NUMBER" and s.at(2).kind == "LBRACE":
        corrected = f"table {text} {following.text} {{"
        return Diagnosis(
            errors.UnknownStatement(span=s.span(), found=found_in_words(s.token), corrected=corrected),
            insert="SOFT_TABLE",
        )
    if s.token.kind == "LBRACE" and following.kind == "STRING":
        advice = "this looks like JSON: `specdsl import` makes a spec of a JSON Schema"
        return Diagnosis(errors.UnknownStatement(span=s.span(), found=found_in_words(s.token), advice=advice))
    if text in _PROGRAMMING:
        found = errors.UnknownStatement(
            span=s.span(), found=found_in_words(s.token), advice=_PROGRAMMING[text]
        )
        return Diagnosis(found)
    near = nearest(text, STATEMENTS) if is_name(s.token) and is_name(following) else None
    diagnostic = errors.UnknownStatement(
        span=s.span(),
        found=found_in_words(s.token),
        nearest=near or "",
        looks_like_column=is_name(s.token) and (is_name(following) or following.kind in ("ARROW", "EQUAL")),
    )
    return Diagnosis(diagnostic, replace=STATEMENTS[near] if near else None)


def _sql_statement(s: Situation) -> Diagnosis:
    words = [s.token.text]
    corrected = ""
    edits: tuple[Edit, ...] = ()
    if s.at(1).text.upper() == "TABLE":
        words.append(s.at(1).text)
        named = next((o for o in range(2, 6) if s.at(o + 1).kind in ("LPAR", "LBRACE")), 2)
        edits = _in_braces(s, s.index + named + 1, f"table {s.at(named).text} 100 {{")
        corrected = f"table {s.at(named).text} 100 {{ ... }}" if is_name(s.at(named)) else ""
    span = s.span().to(s.span(s.at(len(words) - 1)))
    return Diagnosis(errors.OtherLanguage(span=span, words=" ".join(words), corrected=corrected, edits=edits))


def _in_braces(s: Situation, at: int, head: str) -> tuple[Edit, ...]:
    """The edits that put the columns of a table, which stand in the bracket at ``at``, in braces."""
    closing = s.partner[at] if s.tokens[at].kind == "LPAR" else -1
    if closing < at:
        return ()
    start, end = s.tokens[s.statement].start, s.tokens[closing]
    return (
        Edit(Span(s.source.name, start, s.tokens[at].end), head),
        Edit(Span(s.source.name, end.start, end.end), "}"),
    )


def _table_in_parentheses(s: Situation) -> Diagnosis | None:
    """``table users (id int, ...)``"""
    first = s.first
    if first.kind != "SOFT_TABLE" or s.block != "file":
        return None
    at = s.statement + 2
    if at >= len(s.tokens) or s.tokens[at].kind != "LPAR" or s.index < at:
        return None
    corrected = f"table {s.tokens[at - 1].text} 100 {{ ... }}"
    edits = _in_braces(s, at, f"table {s.tokens[at - 1].text} 100 {{")
    found = errors.OtherLanguage(span=s.span(s.tokens[at]), words="(", corrected=corrected, edits=edits)
    return Diagnosis(found)


def _missing_body(s: Situation) -> Diagnosis | None:
    words = {"SOFT_TABLE": "table", "SOFT_ENUM": "enum", "SOFT_DATASET": "dataset"}
    what = words.get(s.first.kind)
    if what is None or s.block != "file" or not s.expects("LBRACE") or s.token.kind not in (NEWLINE, END):
        return None
    subject = s.tokens[s.statement + 1]
    if subject is s.token:
        return None
    return Diagnosis(errors.MissingBody(span=s.span(subject), what=what, subject=subject.text))


def _check(s: Situation) -> Diagnosis | None:
    """A check without a name, or without the colon after it."""
    if s.first.text != "check" or s.block != "table" or s.index == s.statement:
        return None
    rest = s.text(s.statement + 1, s.statement_end)
    if s.token.kind == "COLON":
        condition = s.text(s.index + 1, s.statement_end)
        corrected = f"check {_rule_name(s.at(1))}: {condition}"
        return Diagnosis(errors.UnnamedCheck(span=s.span(s.first), corrected=corrected))
    if s.first.kind == "SOFT_CHECK" and s.expects("COLON"):
        corrected = f"check {_rule_name(s.at(-1))}: {rest}"
        return Diagnosis(errors.UnnamedCheck(span=s.span(s.first), corrected=corrected))
    if s.first.kind == "NAME" and s.index == s.statement + 2 and is_name(s.token):
        condition = s.text(s.index, s.statement_end)
        corrected = f"check {s.at(-1).text}: {condition}"
        return Diagnosis(
            errors.UnnamedCheck(span=s.span(s.at(-1)), corrected=corrected, lacks_colon=True),
            close="member",
        )
    return None


def _rule_of_sql(s: Situation) -> Diagnosis | None:
    """``PRIMARY KEY (a, b)``, ``UNIQUE (a)``, ``CHECK (a > 1)``, ``INDEX (a)``"""
    start = s.first.text.upper()
    if s.block != "table" or not s.statement < s.index <= s.statement + 2:
        return None
    if start in ("INDEX", "KEY") and s.first.kind == "NAME" and s.tokens[s.statement_end - 1].kind == "RPAR":
        gone = Edit(Span(s.source.name, s.first.start, s.tokens[s.statement_end - 1].end), "")
        advice = "data has no indexes: leave it out"
        return Diagnosis(
            errors.OtherLanguage(span=s.span(s.first), words=s.first.text, advice=advice, edits=(gone,))
        )
    corrected = sql_columns.rule(s) if start in ("PRIMARY", "UNIQUE", "CHECK") else ""
    if not corrected:
        return None
    if start == "CHECK":
        return Diagnosis(errors.UnnamedCheck(span=s.span(s.first), corrected=corrected))
    advice = f"write `{corrected}`"
    two = start == "PRIMARY" and s.tokens[s.statement + 1].text.upper() == "KEY"
    words = s.text(s.statement, s.statement + (2 if two else 1))
    span = s.span(s.first).to(s.span(s.tokens[s.statement + 1])) if two else s.span(s.first)
    return Diagnosis(errors.OtherLanguage(span=span, words=words, advice=advice, corrected=corrected))


def _rule_name(token: Token) -> str:
    return f"{token.text}_rule" if token.kind == "NAME" else "name"


def _colon_or_equals(s: Situation) -> Diagnosis | None:
    """``id: int``, ``seed: 42``, ``paid: 20%``, ``seed = 42``"""
    what = {"table": "a column", "struct": "a field", "dataset": "a setting", "enum": "a member"}.get(s.block)
    if what is None or s.index != s.statement + 1 or not (is_name(s.first) or s.first.kind == "STRING"):
        return None
    if s.token.kind == "COLON" or (s.token.kind == "EQUAL" and s.block in ("dataset", "enum")):
        rest = s.text(s.index + 1, s.statement_end)
        mark = s.token.text
        corrected = f"{s.first.text} {rest}".rstrip()
        return Diagnosis(
            errors.MarkAfterName(
                span=s.span(), subject=s.first.text, what=what, mark=mark, corrected=corrected
            ),
            skip=1,
        )
    return None


def _missing_type(s: Situation) -> Diagnosis | None:
    """A name alone, or a name and a modifier."""
    if (rule := _rule_without_brackets(s)) is not None:
        return rule
    if s.block not in ("table", "struct") or s.index != s.statement + 1 or not is_name(s.first):
        return None
    if s.token.kind == "KEY" and s.first.text.upper() in _SQL_OPTIONS:
        advice = _SQL_OPTIONS[s.first.text.upper()].replace(
            "write `key` after the type", "write `key (a, b)`"
        )
        text = s.text(s.statement, s.index + 1)
        span = s.span(s.first).to(s.span())
        found = errors.OtherLanguage(
            span=span,
            words=text,
            advice=advice,
            corrected=sql_columns.rule(s),
            edits=sql_columns.foreign_key(s),
        )
        return Diagnosis(found)
    if s.ends_something or s.token.kind in ("KEY", "UNIQUE", "HIDDEN"):
        mark = f" {s.token.text}" if s.token.text and not s.ends_something else ""
        return Diagnosis(errors.MissingType(span=s.span(s.first), subject=s.first.text, modifier=mark))
    return None


def _rule_without_brackets(s: Situation) -> Diagnosis | None:
    """``unique a, b``, told once for all of its names."""
    if s.block != "table" or not s.ends_something:
        return None
    start = s.statement
    while s.tokens[start - 1].kind == "COMMA" and is_name(s.tokens[start - 2]):
        start -= 2
    word = s.tokens[start - 1]
    if word.kind not in ("KEY", "UNIQUE") or s.tokens[start - 2].kind not in ("LBRACE", "COMMA", NEWLINE):
        return None
    return Diagnosis(_columns_of(s, word, start))


def _columns_of(s: Situation, word: Token, start: int) -> errors.ReservedName:
    stop = start + 1
    ends = ("COMMA", "RBRACE", NEWLINE, END)
    while s.tokens[stop].kind == "COMMA" and is_name(s.tokens[stop + 1]) and s.tokens[stop + 2].kind in ends:
        stop += 2
    return errors.ReservedName(
        span=s.span(word), word=word.text, columns=f"{word.text} ({s.text(start, stop)})"
    )


def _misplaced_modifier(s: Situation) -> Diagnosis | None:
    """``x int = 1..5 unique``"""
    if s.block not in ("table", "struct", "file"):
        return None
    equal = s.earlier("EQUAL")
    if equal < 0 or s.statement == s.index:
        return None
    start = s.index
    if s.token.text in ("null", "absent") and s.at(-1).kind == "PERCENT":
        start, stop = s.index - 1, s.index + 1
    elif s.token.kind in ("KEY", "UNIQUE", "HIDDEN"):
        stop = s.index + 1
    elif s.token.kind in _MODIFIERS:
        stop = s.statement_end
    else:
        return None
    modifier = s.text(start, stop)
    before, value = s.text(s.statement, equal), s.text(equal, start)
    if "null" in modifier and equal == s.statement + 2:
        before += "?"  # only such a type takes a rate of nulls
    corrected = f"{before} {modifier} {value}" if value != "=" else ""
    span = s.span(s.tokens[start]).to(s.span(s.tokens[stop - 1]))
    return Diagnosis(errors.MisplacedModifier(span=span, modifier=modifier, corrected=corrected))


def _type_after_value(s: Situation) -> Diagnosis | None:
    """``a = 1..5 int``"""
    if s.block not in ("table", "struct") or s.earlier("EQUAL") != s.statement + 1 or not is_name(s.token):
        return None
    if not s.expects("PLUS"):
        return None
    type, value = s.text(s.index, s.statement_end), s.text(s.statement + 1, s.index)
    corrected = f"{s.first.text} {type} {value}"
    return Diagnosis(errors.MisplacedModifier(span=s.span(), modifier=type, corrected=corrected))


def _sql_option(s: Situation) -> Diagnosis | None:
    """``id int PRIMARY KEY``, ``name string not null``"""
    word = s.token.text.upper()
    at = s.index
    if word == "NULL" and s.at(-1).kind == "NOT":  # `= 1..5 not null`: `not in` could have been
        word, at = "NOT", s.index - 1
    after_value = s.earlier("EQUAL") >= 0
    if s.block != "table" or at < s.statement + 2 or s.wants_value or (after_value and word == "NULL"):
        return None
    if word not in _SQL_OPTIONS or (s.token.kind == "NULL" and s.at(-1).kind == "PERCENT"):
        return None
    two = word in ("PRIMARY", "FOREIGN", "NOT") and s.tokens[at + 1].text.upper() in ("KEY", "NULL")
    last = at + 1 if two else at
    span = s.span(s.tokens[at]).to(s.span(s.tokens[last]))
    text = s.text(at, last + 1)
    found = errors.OtherLanguage(
        span=span,
        words=text,
        advice=_SQL_OPTIONS[word],
        corrected=sql_columns.rule(s) or sql_columns.column(s),
        edits=sql_columns.foreign_key(s),
    )
    return Diagnosis(found)


def _reference_target(s: Situation) -> Diagnosis | None:
    """``-> users(id)``, ``-> users.id``"""
    if s.token.kind not in ("LPAR", "DOT") or s.at(-2).kind != "ARROW":
        return None
    stop = s.partner[s.index] + 1 if s.token.kind == "LPAR" else s.index + 2
    table = s.at(-1).text
    return Diagnosis(
        errors.ReferenceTarget(span=Span(s.source.name, s.token.start, s.tokens[stop - 1].end), table=table),
        skip=stop - s.index,
    )


def _null_rate_order(s: Situation) -> Diagnosis | None:
    """``null 40%`` without ``when``"""
    word = s.at(-2)
    if s.at(-1).kind != "PERCENT" or word.kind not in ("NULL", "SOFT_ABSENT") or not s.expects("WHEN"):
        return None
    span = s.span(word).to(s.span(s.at(-1)))
    return Diagnosis(errors.NullRateOrder(span=span, rate=s.at(-1).text, word=word.text))


def _reserved_name(s: Situation) -> Diagnosis | None:
    """A reserved word where only a name can stand."""
    before = s.at(-1)
    if before.kind in ("KEY", "UNIQUE") and s.index == s.statement + 1 and s.block in ("table", "struct"):
        if is_name(s.token) or s.token.kind in ("ARROW", "EQUAL"):
            alone = s.at(1).kind in (NEWLINE, END, "COMMA", "RBRACE")
            if alone and is_name(s.token):
                return Diagnosis(_columns_of(s, before, s.index))
            columns = ""
            return Diagnosis(errors.ReservedName(span=s.span(before), word=before.text, columns=columns))
        return None
    if s.token.text in s.grammar.reserved and s.expects("NAME") and not s.wants_value:
        at_start = s.index == s.statement
        names_something = s.expects("SOFT_STRUCT") is False
        if at_start or names_something:
            return Diagnosis(errors.ReservedName(span=s.span(), word=s.token.text), replace="NAME")
    return None


RULES = (
    _statement_of_the_file,
    _table_in_parentheses,
    _missing_body,
    _rule_of_sql,
    _check,
    _colon_or_equals,
    _missing_type,
    _misplaced_modifier,
    _type_after_value,
    _sql_option,
    _reference_target,
    _null_rate_order,
    _reserved_name,
)
