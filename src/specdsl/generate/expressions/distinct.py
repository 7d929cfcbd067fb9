"""Elements of lists, no one twice in a list.

Where all values are equally likely (ranges of whole numbers, patterns, even choices) element j of a list
is the j-th value of a permutation that the list's own key chooses. Weighted arms are drawn one after
another from what is left. Pools and ranges of floats are drawn as usual, and what came before in the same
list is drawn again, all lists at once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import cast

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.evaluation import TooFewDistinct
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.choices import value_of_arms
from specdsl.generate.expressions.operands import Evaluate, Operand, broadcast, numbers
from specdsl.generate.expressions.pools import pool_values
from specdsl.generate.expressions.ranges import domain_sizes, draw_range, filled
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.randomness.permutation import keyed_positions
from specdsl.randomness.regexset import RegexSet, compile_regex
from specdsl.randomness.streams import Stream, derive_addresses
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import Float64Array, Int64Array, Vector

_ROUNDS = 64
_CELLS = 1 << 15  # of a block of rows and arms: what stays in the cache
_LISTED = 1 << 20
_LARGEST = 1 << 62  # of larger domains the lower part is enough


def distinct_elements(
    element: ir.Expr, elements: Frame, counts: Int64Array, evaluate: Evaluate, site: int
) -> Vector:
    """The elements of all lists after each other; list i has ``counts[i]`` of them. ``elements`` is the
    frame of the elements, ``site`` that of the lists. Raises GenerationError when a list is longer than there
    are values."""
    lists = _Lists(elements, counts)
    match element:
        case ir.ChoiceDraw():
            return _choice(element, elements, lists, evaluate)
        case ir.RangeDraw(type=t.Float()):
            low, high = evaluate(element.low, elements), evaluate(element.high, elements)

            def floats(stream: Stream, which: Int64Array) -> Vector:
                some = [_some(o, which) for o in (low, high)]
                return draw_range(stream, element.type, element.nullable, some[0], some[1], len(which))

            return _redrawn(elements.stream(element.site), lists, floats, None)
        case ir.RangeDraw():
            return _range(element, elements, lists, evaluate)
        case ir.RegexDraw(site=site, pattern=pattern):
            return _regex(element, compile_regex(pattern), elements.stream(site), lists)
        case ir.PoolDraw(site=site):
            pool = elements.pool(element.pool)
            lists.require(pool.rows)
            return _redrawn(
                elements.stream(site),
                lists,
                lambda stream, _: pool_values(pool, element, pool.draw(stream)),
                lambda: pool_values(pool, element, np.arange(pool.rows, dtype=np.int64)),
            )
        case _:

            def anything(stream: Stream, which: Int64Array) -> Vector:
                some = elements.take(which)
                some.addresses = stream.addresses
                return selection.as_type(broadcast(evaluate(element, some), len(which)), element.type)

            return _redrawn(elements.stream(site), lists, anything, None)


class _Lists:
    """Which list each element is of, and its place there."""

    def __init__(self, elements: Frame, counts: Int64Array) -> None:
        self.counts = counts
        self.n = elements.n
        starts = np.cumsum(counts) - counts
        self.first = np.repeat(starts, counts)  # the number of its list's first element
        self.place = np.arange(self.n, dtype=np.int64) - self.first

    def require(self, domain: int) -> None:
        """Raises GenerationError when a list is longer than ``domain``."""
        longest = int(self.counts.max(initial=0))
        if longest > domain:
            raise _too_few(longest, domain)

    def places(self, stream: Stream, sizes: Int64Array) -> Int64Array:
        """A value of ``0 .. size - 1`` for each element, by its list's permutation."""
        keys = stream.bits()[self.first]
        return keyed_positions(keys, sizes, self.place)


def _too_few(size: int, domain: int) -> GenerationError:
    return GenerationError(lambda span: TooFewDistinct(span=span, size=size, domain=domain))


def _some(operand: Operand, which: Int64Array) -> Operand:
    return selection.take(operand, which) if isinstance(operand, Vector) else operand


def _range(element: ir.RangeDraw, elements: Frame, lists: _Lists, evaluate: Evaluate) -> Vector:
    low, high = evaluate(element.low, elements), evaluate(element.high, elements)
    valid = filled(element.type, element.nullable, low, high)
    a, b = numbers(low), numbers(high)
    sizes = domain_sizes(a, b, elements.n)
    if sizes is None or isinstance(sizes, int):
        size = _LARGEST if sizes is None else min(sizes, _LARGEST)
        lists.require(size)
        each = np.full(elements.n, size, dtype=np.int64)
    else:
        each = np.minimum(sizes, np.uint64(_LARGEST)).astype(np.int64)
        short = np.flatnonzero(lists.place >= each)
        if valid is not None:
            short = short[valid[short]]
        if len(short):
            row = int(short[0])
            raise _too_few(int(np.count_nonzero(lists.first == lists.first[row])), int(each[row]))
        each = np.maximum(each, lists.place + 1)  # null rows: anything well-formed
    offsets = lists.places(elements.stream(element.site), each)
    return Vector(element.type, offsets.view(a.dtype) + a, valid)


def _regex(element: ir.RegexDraw, found: RegexSet, stream: Stream, lists: _Lists) -> Vector:
    lists.require(found.size)
    if found.distinct:
        sizes = np.full(lists.n, min(found.size, _LARGEST), dtype=np.int64)
        return Vector(element.type, found.at(lists.places(stream, sizes)))
    listed = np.arange(min(found.size, _LISTED), dtype=np.int64)
    return _redrawn(
        stream,
        lists,
        lambda fresh, _: Vector(element.type, found.draw(fresh)),
        lambda: Vector(element.type, found.at(listed)),
    )


# --- weighted arms --------------------------------------------------------------------------


def _choice(element: ir.ChoiceDraw, elements: Frame, lists: _Lists, evaluate: Evaluate) -> Vector:
    arms = _different(element.arms)
    shares = np.array([arm.share for arm in arms])
    possible = int(np.count_nonzero(shares > 0))
    lists.require(possible)
    stream = elements.stream(element.site)
    if possible == len(arms) and bool((shares == shares[0]).all()):
        codes = lists.places(stream, np.full(elements.n, len(arms), dtype=np.int64))
    else:
        codes = _weighted(stream, shares, lists)
    drawn = value_of_arms(codes, [arm.value for arm in arms], element.type, elements, evaluate)
    return broadcast(drawn, elements.n)


def _different(arms: tuple[ir.Arm, ...]) -> list[ir.Arm]:
    """The arms with equal constants made one."""
    out: list[ir.Arm] = []
    for arm in arms:
        same = next(
            (i for i, o in enumerate(out) if isinstance(arm.value, ir.Const) and o.value == arm.value), None
        )
        if same is None:
            out.append(arm)
        else:
            out[same] = ir.Arm(arm.value, out[same].share + arm.share)
    return out


def _weighted(stream: Stream, shares: Float64Array, lists: _Lists) -> Int64Array:
    """Arms without replacement: each by its share of what the list has not had yet."""
    codes = np.zeros(lists.n, dtype=np.int64)
    uniform = stream.uniform()
    starts = np.flatnonzero(lists.place == 0)
    sizes = lists.counts[lists.counts > 0]
    step = max(1, _CELLS // len(shares))
    for begin in range(0, len(starts), step):
        firsts, counts = starts[begin : begin + step], sizes[begin : begin + step]
        left = np.tile(shares, (len(firsts), 1))
        for place in range(int(counts.max())):
            rows = np.flatnonzero(counts > place)
            at = firsts[rows] + place
            cumulative = np.cumsum(left[rows], axis=1)
            target = uniform[at] * cumulative[:, -1]
            arm = (cumulative <= target[:, None]).sum(axis=1)
            # A rounding at the very end may pass the last arm that is left.
            beyond = np.flatnonzero(
                (arm >= len(shares)) | (left[rows, np.minimum(arm, len(shares) - 1)] <= 0)
            )
            if len(beyond):
                arm[beyond] = np.argmax(left[rows[beyond]], axis=1)
            left[rows, arm] = 0.0
            codes[at] = arm
    return codes


# --- drawing again --------------------------------------------------------------------------


def _redrawn(
    stream: Stream,
    lists: _Lists,
    draw: Callable[[Stream, Int64Array], Vector],
    all_values: Callable[[], Vector] | None,
) -> Vector:
    """Elements by ``draw`` (stream, numbers of the elements), those that repeat an earlier one of their
    list drawn again. What repeats after many rounds (all but the rarest values are taken) gets the values
    that are left, in the order of ``all_values``."""
    everything = np.arange(lists.n, dtype=np.int64)
    values = draw(stream, everything)
    dtype = values.type
    for attempt in range(1, _ROUNDS):
        again = repeated(values, lists.first, lists.place)
        if len(again) == 0:
            return values
        tries = np.full(len(again), attempt, dtype=np.int64)
        fresh = Stream(stream.key, derive_addresses(stream.addresses[again], stream.key, tries))
        keep = np.ones(lists.n, dtype=np.bool_)
        keep[again] = False
        kept = np.flatnonzero(keep)
        parts = [(kept, selection.take(values, kept)), (again, draw(fresh, again))]
        values = selection.merge(lists.n, parts, dtype)
    return _completed(values, lists, all_values)


def repeated(values: Vector, first: Int64Array, place: Int64Array) -> Int64Array:
    """The numbers of the elements that an earlier place of the same list (same ``first``) has too."""
    codes = _value_codes(values)
    order = np.lexsort((place, codes, first))
    same = (codes[order][1:] == codes[order][:-1]) & (first[order][1:] == first[order][:-1])
    return np.sort(order[1:][same])


def _value_codes(values: Vector) -> Int64Array:
    """int64 that are equal exactly where the values are (null is a value too)."""
    n = selection.length(values)
    match values.type:
        case t.String() | t.Json() | t.Bytes():
            codes = strings.distinct_codes(values.data).astype(np.int64)
        case t.Uuid():
            codes = np.unique(selection.array(values), axis=0, return_inverse=True)[1].reshape(-1)
        case t.Float():
            codes = (selection.array(values) + 0.0).view(np.int64)
        case t.Tuple() | t.Struct():
            parts = [_value_codes(item) for item in cast("tuple[Vector, ...]", values.data)]
            codes = np.unique(np.stack(parts, axis=1), axis=0, return_inverse=True)[1].reshape(-1)
        case t.List():
            raise TypeError("distinct lists of lists")
        case _:
            codes = selection.array(values).astype(np.int64)
    if values.valid is None:
        return codes
    packed = np.unique(codes, return_inverse=True)[1].reshape(-1).astype(np.int64)
    return np.where(values.valid, packed, n)


def _completed(values: Vector, lists: _Lists, all_values: Callable[[], Vector] | None) -> Vector:
    """The few lists that are still not distinct get values that they do not have."""
    again = repeated(values, lists.first, lists.place)
    if len(again) == 0:
        return values
    if all_values is None:
        short = lists.first[again[0]]
        size = int(np.count_nonzero(lists.first == short))
        raise _too_few(size, size - int(np.count_nonzero(lists.first[again] == short)))
    everything = all_values()
    size = selection.length(everything)
    joined = selection.concat([values, everything], values.type)
    codes = _value_codes(joined)
    element_codes, domain_codes = codes[: lists.n], codes[lists.n :]
    source = np.arange(lists.n, dtype=np.int64)
    distinct = np.unique(domain_codes, return_index=True)[1]
    for first in np.unique(lists.first[again]).tolist():
        members = np.flatnonzero(lists.first == first)
        repeats = again[lists.first[again] == first]
        had = np.unique(element_codes[members])
        free = distinct[~np.isin(domain_codes[distinct], had)]
        if len(free) < len(repeats):
            raise _too_few(len(members), size and len(distinct))
        source[repeats] = lists.n + np.sort(free)[: len(repeats)]
    return selection.take(joined, source)
