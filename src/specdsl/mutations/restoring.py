"""Files with the clean values of an answer key put back, and the key held against what was there."""

from __future__ import annotations

import errno
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from specdsl.errors import EnvironmentFailure
from specdsl.mutations.answers import Answer
from specdsl.mutations.documents import parsed, written
from specdsl.mutations.rows import rewritten
from specdsl.mutations.schema import RowSchema
from specdsl.verify.report import OFFENDERS, RuleResult, Verdict
from specdsl.verify.rule import NotCheckable, Rule, RuleKind
from specdsl.verify.unpacked import DAMAGED, compression_ending, opened


@dataclass
class _Held:
    """What the rows of one table have shown."""

    looked_at: int = 0
    broken: int = 0
    offenders: list[dict[str, Any]] = field(default_factory=list)

    def add(self, answer: Answer, problem: str) -> None:
        self.looked_at += 1
        if problem:
            self.broken += 1
            if len(self.offenders) < OFFENDERS:
                self.offenders.append({"file": answer.file, "row": answer.row, "problem": problem})


class Restoring:
    """Files of a build one after the other, in the order of its manifest, against the lines of its key, which
    has the same order: neither is held in memory."""

    def __init__(self, answers: Iterator[Answer], form: str) -> None:
        self._answers = answers
        self._form = form
        self._next = next(answers, None)
        self._held: dict[str, _Held] = {}

    def restore(self, table: str, file: str, source: Path, target: Path, rows: RowSchema) -> Path:
        """The file ``source``, called ``file`` in the key, restored as ``target`` (without compression, its
        ending left out); ``source`` itself where no row of it is in the key, or it is
        damaged: what is wrong with it, verification says. Raises DataError,
        EnvironmentFailure."""
        self._held.setdefault(table, _Held())
        if not self._is_next(table, file):
            return source
        plain = target.with_name(target.name.removesuffix(compression_ending(source)))
        plain.parent.mkdir(parents=True, exist_ok=True)

        def change(number: int, text: bytes) -> bytes | None:
            answer = self._next
            if answer is None or answer.row != number or not self._is_next(table, file):
                return None
            self._next = next(self._answers, None)
            return self._restored(answer, text, rows)

        try:
            with opened(source) as lines, plain.open("wb") as out:
                out.writelines(rewritten(lines, self._form, change))
        except DAMAGED as problem:
            if isinstance(problem, OSError) and problem.errno in (errno.ENOSPC, errno.EDQUOT):
                raise EnvironmentFailure(
                    f"there is no room for the restored rows of `{table}`", "TMPDIR names another disk"
                ) from problem
            plain = source
        while self._is_next(table, file):
            assert self._next is not None
            self._held[table].add(self._next, "no such row, or not in this order")
            self._next = next(self._answers, None)
        return plain

    def results(self, rows: Mapping[str, int]) -> list[RuleResult]:
        """A result for each table with answers: how many rows are not what the key says. ``rows``: how
        many the key should have of each. Raises DataError."""
        strangers: dict[str, int] = {}
        while self._next is not None:
            strangers[self._next.table] = strangers.get(self._next.table, 0) + 1
            self._next = next(self._answers, None)
        return [
            _result(table, self._held.get(table, _Held()), rows.get(table, 0), strangers.get(table, 0))
            for table in dict.fromkeys([*self._held, *strangers, *rows])
            if table in strangers or rows.get(table) or self._held.get(table, _Held()).looked_at
        ]

    def _is_next(self, table: str, file: str) -> bool:
        return self._next is not None and (self._next.table, self._next.file) == (table, file)

    def _restored(self, answer: Answer, text: bytes, rows: RowSchema) -> bytes | None:
        try:
            row = parsed(text)
        except (ValueError, RecursionError):
            self._held[answer.table].add(answer, "no JSON")
            return None
        problem = answer.problem(row, rows)
        self._held[answer.table].add(answer, problem)
        try:
            return None if problem else written(answer.restored(row)).encode()
        except (ValueError, LookupError):
            return None


def _result(table: str, held: _Held, expected: int, strangers: int) -> RuleResult:
    rule = Rule(
        f"{table}.answers",
        RuleKind.ANSWERS,
        table,
        (),
        NotCheckable("rows are held against the answer key one by one"),
    )
    notes: Sequence[str] = [
        *([f"{strangers} lines of the key are of no file of the table"] if strangers else []),
        *([f"the key has {held.looked_at} rows of {expected}"] if held.looked_at != expected else []),
    ]
    broken = held.broken + strangers + abs(held.looked_at - expected)
    verdict = Verdict.BROKEN if broken else Verdict.OK
    return RuleResult(rule, held.looked_at, broken, 0, tuple(held.offenders), verdict, "; ".join(notes))
