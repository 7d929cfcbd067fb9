"""A column or a rule of a table as SQL writes it, written as it is written here."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from specdsl.diagnostics.model import Edit
from specdsl.diagnostics.syntax import OtherLanguage
from specdsl.source import Span
from specdsl.syntax import tree
from specdsl.syntax.brackets import is_name
from specdsl.syntax.situation import Situation

_COUNTING = ("AUTO_INCREMENT", "AUTOINCREMENT", "IDENTITY")
_OPTIONS = {
    "PRIMARY", "REFERENCES", "DEFAULT", "NOT", "NULL", "NULLABLE", "UNIQUE", "UNSIGNED", "KEY", "CHECK",
    "COMMENT", *_COUNTING,
}  # fmt: skip
_NOW = ("NOW()", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP()")
_CLAUSES = (
    "ON",
    "MATCH",
    "DEFERRABLE",
    "INITIALLY",
    "COLLATE",
    "CHECK",
    "GENERATED",
    "CONSTRAINT",
)


@dataclass(slots=True)
class _Column:
    """What the words say, in the order of this language."""

    name: str
    type: str
    marks: list[str] = field(default_factory=list)
    target: str = ""
    optional: bool = False
    value: str = ""
    counts: bool = False
    check: str = ""
    doc: str = ""
    indent: str = ""

    def text(self) -> str:
        mark = "?" if self.optional and not self.type.endswith("?") else ""
        kind = f"-> {self.target}" if self.target else self.type
        value = self.value
        if self.counts and "key" not in self.marks and not value:
            value = "sequence(start: 1)"
        parts = (self.name, f"{kind}{mark}", *self.marks, f"= {value}" if value and not self.target else "")
        rule = f", check {self.name}_rule: {self.check}" if self.check else ""
        doc = f"## {self.doc}\n{self.indent}" if self.doc else ""
        return doc + " ".join(part for part in parts if part) + rule


def column(s: Situation) -> str:
    """The column of the statement at hand: ``id int PRIMARY KEY`` is ``id int key``; "" where a word of it
    has no counterpart."""
    at, stop = s.statement + 1, s.statement_end
    start = at
    while at < stop and s.tokens[at].text.upper() not in _OPTIONS and s.tokens[at].kind != "EQUAL":
        if s.tokens[at].text.upper() in _CLAUSES:
            return ""
        at = max(at, s.partner[at]) + 1
    if at == start:
        return ""
    written = s.source.text[: s.first.start]
    found = _Column(s.first.text, s.text(start, at), indent=written[written.rfind("\n") + 1 :])
    while at < stop:
        after = _option(s, found, at, stop)
        if after <= at:
            return ""
        at = after
    return found.text()


def _option(s: Situation, found: _Column, at: int, stop: int) -> int:
    """Take the option at a place; the place after it, 0 where it cannot be said."""
    word = s.tokens[at].text.upper()
    following = s.tokens[at + 1].text.upper() if at + 1 < stop else ""
    match word:
        case "PRIMARY" if following == "KEY":
            _mark(found, "key")
            return at + 2
        case "KEY" | "UNIQUE":
            _mark(found, word.lower())
            return at + (2 if word == "UNIQUE" and following == "KEY" else 1)
        case "NOT" if following == "NULL":
            return at + 2
        case "NULL" | "NULLABLE":
            found.optional = True
            return at + 1
        case "UNSIGNED":
            return at + 1
        case "DEFAULT" | "=":
            end = _end(s, at + 1, stop)
            value = s.text(at + 1, end)
            if not value or found.value:
                return 0
            value = "now" if value.upper().replace(" ", "") in _NOW else value
            found.value = "null" if value.upper() == "NULL" else value
            found.optional |= found.value == "null"
            return end
        case "CHECK" if following == "(" and s.partner[at + 1] > at:
            closing = s.partner[at + 1]
            found.check = s.text(at + 2, closing)
            return closing + 1
        case "REFERENCES" if is_name(s.tokens[at + 1]):
            found.target = s.tokens[at + 1].text
            after = at + 2
            return s.partner[after] + 1 if after < stop and s.tokens[after].kind == "LPAR" else after
        case "COMMENT" if following[:1] in ("'", '"'):
            found.doc = s.tokens[at + 1].text.strip("'\"")
            return at + 2
        case _ if word in _COUNTING:
            found.counts = True
            return s.partner[at + 1] + 1 if following == "(" else at + 1
        case _:
            return 0


def _mark(found: _Column, mark: str) -> None:
    if mark not in found.marks:
        found.marks.append(mark)


def _end(s: Situation, at: int, stop: int) -> int:
    """The place after the value that begins at ``at``: where the next option does, or the statement ends."""
    first = at
    while at < stop:
        word = s.tokens[at].text.upper()
        following = s.tokens[at + 1].text.upper() if at + 1 < stop else ""
        begins = word in _OPTIONS - {"NULL", "NOT", "KEY"} or (word == "NOT" and following == "NULL")
        if at > first and (begins or word in _CLAUSES):
            break
        at = max(at, s.partner[at]) + 1
    return at


def rule(s: Situation) -> str:
    """The rule of the statement at hand: ``PRIMARY KEY (a, b)`` is ``key (a, b)``; "" for another."""
    at, stop = s.statement, s.statement_end
    name = ""
    if s.tokens[at].text.upper() == "CONSTRAINT" and at + 1 < stop:
        name, at = s.tokens[at + 1].text, at + 2
    words = [s.tokens[n].text.upper() for n in range(at, min(at + 3, stop))]
    match words:
        case ["PRIMARY" | "UNIQUE" as word, "KEY", "("]:
            opening = at + 2
        case ["UNIQUE" | "CHECK" as word, "(", *_]:
            opening = at + 1
        case _:
            return ""
    if s.partner[opening] != stop - 1:
        return ""
    inside = s.text(opening + 1, stop - 1)
    match word:
        case "PRIMARY":
            return f"key ({inside})"
        case "UNIQUE":
            return f"unique ({inside})"
        case _:
            return f"check {name or 'rule'}: {inside}"


def primary_key(statement: Span, name: tree.Name, type: tree.NamedType) -> OtherLanguage:
    """``PRIMARY KEY (a, b)``, which looks like a column and its type."""
    names = [arg.value.name.text for arg in type.args if isinstance(arg.value, tree.NameRef)]
    corrected = f"key ({', '.join(names)})"
    return OtherLanguage(
        span=name.span.to(type.name.span),
        words=f"{name.text} {type.name.text}",
        advice=f"write `{corrected}`",
        corrected=corrected,
        statement=statement,
    )


def foreign_key(s: Situation) -> tuple[Edit, ...]:
    """The edits that make ``FOREIGN KEY (user_id) REFERENCES users (id)`` the reference of the column
    ``user_id``; () where there is no such column of its own in the table."""
    at, stop = s.statement, s.statement_end
    if s.tokens[at].text.upper() == "CONSTRAINT":
        at += 2
    words = [s.tokens[n].text.upper() for n in range(at, min(at + 6, stop))]
    if len(words) < 6 or words[:3] != ["FOREIGN", "KEY", "("] or words[4:] != [")", "REFERENCES"]:
        return ()
    column, target = s.tokens[at + 3], s.tokens[at + 6]
    opener = s.opener_of(s.statement)
    starts = [n for n in range(opener + 1, s.statement) if s.tokens[n].text == column.text]
    place = next((n for n in starts if s.opener_of(n) == opener and s.statement_of(n) == n), -1)
    if place < 0 or not is_name(s.tokens[place]):
        return ()
    end = replace(s, index=place).statement_end - 1
    written, start = s.source.text, s.first.start
    line = written.rfind("\n", 0, start)
    if line >= 0 and not written[line:start].strip():  # with its line
        start = line
    return (
        Edit(Span(s.source.name, s.tokens[place].end, s.tokens[end].end), f" -> {target.text}"),
        Edit(Span(s.source.name, start, s.tokens[stop - 1].end), ""),
    )
