"""The errors of expressions, raised from the rows in which they happen."""

from __future__ import annotations

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.evaluation import ArithmeticOverflow, ConversionOutOfRange
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.operands import Operand, value_at, where_valid
from specdsl.generate.expressions.plain import plain_text
from specdsl.vectors.vector import BoolArray


def text_at(operand: Operand, row: int) -> str:
    """The value in one row as people read it."""
    value = value_at(operand, row)
    return "null" if value is None else plain_text(operand.type, value)


def first(wrong: BoolArray | None, valid: BoolArray | None) -> int | None:
    """The first valid row that is ``wrong``, None when there is none."""
    if wrong is None:
        return None
    rows = where_valid(np.atleast_1d(wrong), valid)
    return int(np.argmax(rows)) if rows.any() else None


def fail_overflow(
    wrong: BoolArray | None,
    valid: BoolArray | None,
    sign: str,
    left: Operand,
    right: Operand,
    dtype: t.DataType,
) -> None:
    """Raises GenerationError for the first valid row that is ``wrong``."""
    row = first(wrong, valid)
    if row is not None:
        a, b = text_at(left, row), text_at(right, row)
        raise GenerationError(
            lambda span: ArithmeticOverflow(span=span, operation=sign, left=a, right=b, type=str(dtype))
        )


def fail_conversion(
    wrong: BoolArray | None, valid: BoolArray | None, source: Operand, target: t.DataType
) -> None:
    """Raises GenerationError for the first valid row that is ``wrong``."""
    row = first(wrong, valid)
    if row is not None:
        value = text_at(source, row)
        raise GenerationError(
            lambda span: ConversionOutOfRange(
                span=span, value=value, source=str(source.type), target=str(target)
            )
        )
