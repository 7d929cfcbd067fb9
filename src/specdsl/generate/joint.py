"""Combinations that no two rows share: one keyed permutation of the product of their domains."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from specdsl.diagnostics.runtime import TooFewValues
from specdsl.generate.domains import Domain, domain_of
from specdsl.generate.errors import GenerationError
from specdsl.plan.model import JointPlan, TablePlan
from specdsl.randomness.permutation import Permutation
from specdsl.vectors.vector import Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine


class Joint:
    """The members' values as digits of a permuted number. Members in an order (``.row > first.row``)
    share one triangular digit: a pair of different rows, the smaller and the larger."""

    def __init__(self, engine: Engine, plan: TablePlan, number: int) -> None:
        joint: JointPlan = plan.joints[number]
        self._numbers = {m.name: i for i, m in enumerate(joint.members)}
        self._after = dict(joint.after)
        self._before = {smaller: larger for larger, smaller in joint.after.items()}
        self._domains: dict[int, Domain] = {}
        sizes = []
        for i, member in enumerate(joint.members):
            if member.is_reference:
                sizes.append(engine.row_count(plan.references[member.name].reference.table))
                continue
            domain = domain_of(engine, plan.columns[member.name].value)
            assert domain is not None, "the checker lets only numbered domains into a joint key"
            self._domains[i] = domain
            sizes.append(domain.size)
        self._radix = [self._digit_size(i, size) for i, size in enumerate(sizes)]
        total = 1
        for size in self._radix:
            total *= size
        rows = engine.row_count(plan.table.name)
        names = ", ".join(m.name for m in joint.members)
        if rows > total:
            raise GenerationError(
                lambda span: TooFewValues(span=span, what=f"`({names})`", rows=rows, values=total),
                table=plan.table.name,
                column=plan.references[joint.members[0].name].reference.name
                if joint.members[0].is_reference
                else joint.members[0].name,
            )
        # Of a product past 62 bits the first part is enough: rows never come near it.
        key = engine.key(plan.table.name, names, "joint")
        self._permutation = Permutation(key, min(total, 1 << 62))

    def _digit_size(self, number: int, size: int) -> int:
        if number in self._after:
            return 1  # part of the smaller one's digit
        return size * (size - 1) // 2 if number in self._before else size

    def _digit(self, rows: Int64Array, number: int) -> Int64Array:
        rest = self._permutation.at(rows)
        for i, size in enumerate(self._radix):
            if i == number:
                return rest % size
            rest = rest // size
        raise AssertionError("no such member")

    def _value(self, rows: Int64Array, name: str) -> Int64Array:
        number = self._numbers[name]
        if number in self._after:
            return _pair(self._digit(rows, self._after[number]))[1]
        if number in self._before:
            return _pair(self._digit(rows, number))[0]
        return self._digit(rows, number)

    def parents(self, rows: Int64Array, reference: str) -> Int64Array:
        """The parent's row number of each row."""
        return self._value(rows, reference)

    def column(self, rows: Int64Array, name: str) -> Vector:
        """The values of a column that is a member."""
        return self._domains[self._numbers[name]].at(self._value(rows, name))


def _pair(numbers: Int64Array) -> tuple[Int64Array, Int64Array]:
    """Pair number k of (0, 1), (0, 2), (1, 2), (0, 3), ...: the larger is the j with j (j - 1) / 2 <= k."""
    larger = ((1.0 + np.sqrt(8.0 * numbers.astype(np.float64) + 1.0)) / 2.0).astype(np.int64)
    larger -= larger * (larger - 1) // 2 > numbers
    larger += larger * (larger + 1) // 2 <= numbers
    return numbers - larger * (larger - 1) // 2, larger
