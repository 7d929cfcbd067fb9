"""Keyed permutations: an order of ``0 .. size - 1`` that can be read, and inverted, at any place.

Larger domains use a Feistel network over the two halves of the smallest power of two that covers the
domain, with cycle walking (Black and Rogaway: Ciphers with arbitrary finite domains, CT-RSA 2002);
unequal halves swap roles each round. Small domains are a table in an order of hashes, which is as
good as a shuffle where a network of a few bits would not be.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np

from specdsl.randomness.streams import GOLDEN, mix, stream_key
from specdsl.vectors.vector import Int64Array, UInt64Array

_ONE = np.uint64(1)
_ROUND_1 = np.uint64(0xBF58476D1CE4E5B9)
_ROUND_2 = np.uint64(0x94D049BB133111EB)
_TABLE_SIZE = 1 << 12
_ROUNDS = 6
_TABLED_BITS = 14  # halves of up to so many bits: a round is looked up
_BLOCK = 1 << 13
_KEYED_TABLE_SIZE = 32
_KEYED_BLOCK = 1 << 14
_KEYED_ODD = tuple(np.uint64(stream_key(0, "keyed round", i) | 1) for i in range(_ROUNDS))


def _shuffled(key: int, size: int) -> Int64Array:
    hashes = mix(np.arange(size, dtype=np.uint64) * GOLDEN + np.uint64(stream_key(key, "table")))
    return np.argsort(hashes, kind="stable")


@dataclass(frozen=True)
class Permutation:
    """A permutation of ``0 .. size - 1`` chosen by the 64-bit ``key``; ``size`` up to 2**63."""

    key: int
    size: int
    _table: Int64Array | None = field(init=False, repr=False, compare=False, default=None)
    _round_keys: tuple[np.uint64, ...] = field(init=False, repr=False, compare=False, default=())
    _round_tables: tuple[Int64Array, ...] = field(init=False, repr=False, compare=False, default=())

    def __post_init__(self) -> None:
        if not 0 <= self.size <= 1 << 63:
            raise ValueError(f"a permutation of {self.size} numbers does not fit 64 bits")
        if self.size <= _TABLE_SIZE:
            object.__setattr__(self, "_table", _shuffled(self.key, self.size))
        keys = tuple(np.uint64(stream_key(self.key, "round", i)) for i in range(_ROUNDS))
        object.__setattr__(self, "_round_keys", keys)

    def at(self, index: Int64Array) -> Int64Array:
        """The images of ``index``, each in ``0 .. size - 1``; int64, shape (n,) to (n,)."""
        if self._table is not None:
            return self._table[index]
        return self._walk(index, inverse=False)

    def inverse(self, image: Int64Array) -> Int64Array:
        """The numbers whose images are ``image``; the inverse of ``at``."""
        if self._table is not None:
            positions = np.empty(self.size, dtype=np.int64)
            positions[self._table] = np.arange(self.size)
            return positions[image]
        return self._walk(image, inverse=True)

    def _walk(self, index: Int64Array, *, inverse: bool) -> Int64Array:
        limit = np.uint64(self.size)
        out = self._network(index.astype(np.uint64), inverse)
        outside = np.flatnonzero(out >= limit)
        while len(outside):
            again = self._network(out[outside], inverse)
            out[outside] = again
            outside = outside[again >= limit]
        return out.view(np.int64)

    def _network(self, values: UInt64Array, inverse: bool) -> UInt64Array:
        bits = (self.size - 1).bit_length()
        if bits - bits // 2 <= _TABLED_BITS and len(values) >= _BLOCK:
            return self._looked_up(values, inverse)
        left_bits, right_bits = bits // 2, bits - bits // 2
        left = values >> np.uint64(right_bits)
        right = values & np.uint64((1 << right_bits) - 1)
        for i in _order(inverse):
            if i % 2 == 0:
                left ^= _round(right, self._round_keys[i], left_bits)
            else:
                right ^= _round(left, self._round_keys[i], right_bits)
        left <<= np.uint64(right_bits)
        left |= right
        return left

    def _looked_up(self, values: UInt64Array, inverse: bool) -> UInt64Array:
        """The same network, by a table of each round's function: a half has few values."""
        bits = (self.size - 1).bit_length()
        left_bits, right_bits = bits // 2, bits - bits // 2
        if not self._round_tables:
            halves = (np.arange(1 << right_bits, dtype=np.uint64), np.arange(1 << left_bits, dtype=np.uint64))
            widths = (left_bits, right_bits)
            made = (_round(halves[i % 2], key, widths[i % 2]) for i, key in enumerate(self._round_keys))
            object.__setattr__(self, "_round_tables", tuple(table.view(np.int64) for table in made))
        tables = self._round_tables
        out = np.empty(len(values), dtype=np.int64)
        scratch = np.empty((2, _BLOCK), dtype=np.int64)
        for start in range(0, len(values), _BLOCK):
            left = out[start : start + _BLOCK]
            right, changed = scratch[:, : len(left)]
            block = values[start : start + _BLOCK].view(np.int64)
            np.right_shift(block, right_bits, out=left)
            np.bitwise_and(block, (1 << right_bits) - 1, out=right)
            for i in _order(inverse):
                by, into = (right, left) if i % 2 == 0 else (left, right)
                tables[i].take(by, out=changed, mode="wrap")
                np.bitwise_xor(into, changed, out=into)
            np.left_shift(left, right_bits, out=left)
            np.bitwise_or(left, right, out=left)
        return out.view(np.uint64)


def _order(inverse: bool) -> range:
    """Even rounds change the left half by the right one, odd rounds the right half by the left one."""
    return range(_ROUNDS - 1, -1, -1) if inverse else range(_ROUNDS)


def _round(half: UInt64Array, key: np.uint64, bits: int) -> UInt64Array:
    out = half + key
    out *= _ROUND_1
    out ^= out >> np.uint64(32)
    out *= _ROUND_2
    out >>= np.uint64(64 - bits)
    return out


def keyed_positions(keys: UInt64Array, sizes: Int64Array, index: Int64Array) -> Int64Array:
    """For each element the image of ``index`` under the permutation of ``0 .. size - 1`` that its own
    key chooses; all of shape (n,), sizes at least 1, indices below their size. int64 (n,)."""
    out = np.empty(len(keys), dtype=np.int64)
    small = sizes <= _KEYED_TABLE_SIZE
    if small.any():
        where = np.flatnonzero(small)
        for start in range(0, len(where), _KEYED_BLOCK):
            block = where[start : start + _KEYED_BLOCK]
            out[block] = _keyed_small(keys[block], sizes[block], index[block])
    if not small.all():
        where = np.flatnonzero(~small)
        out[where] = _keyed_network(keys[where], sizes[where], index[where])
    return out


def _keyed_small(keys: UInt64Array, sizes: Int64Array, index: Int64Array) -> Int64Array:
    width = int(sizes.max())
    lanes = np.arange(width, dtype=np.uint64)
    hashes = mix(((keys[:, None] + lanes[None, :] * GOLDEN) * GOLDEN).reshape(-1)).reshape(-1, width)
    # The lane in the low bits makes hashes differ; lanes past the size sort last.
    hashes &= ~np.uint64(127)
    hashes |= (lanes << _ONE)[None, :]
    hashes >>= _ONE
    hashes[np.arange(width)[None, :] >= sizes[:, None]] |= np.uint64(1 << 63)
    order = np.argsort(hashes, axis=1)
    return order[np.arange(len(keys)), index]


def _keyed_network(keys: UInt64Array, sizes: Int64Array, index: Int64Array) -> Int64Array:
    bits = np.frexp((sizes - 1).astype(np.float64))[1].astype(np.int64)
    # Rounding to float64 may lift 2**k - 1 to 2**k for huge sizes: one bit more only means more walking.
    left_bits = (bits // 2).astype(np.uint64)
    right_bits = bits.astype(np.uint64) - left_bits
    limits = sizes.astype(np.uint64)
    keys = mix(keys.copy())
    out = _keyed_rounds(index.astype(np.uint64), keys, left_bits, right_bits)
    outside = np.flatnonzero(out >= limits)
    while len(outside):
        again = _keyed_rounds(out[outside], keys[outside], left_bits[outside], right_bits[outside])
        out[outside] = again
        outside = outside[again >= limits[outside]]
    return out.view(np.int64)


def _keyed_rounds(
    values: UInt64Array, keys: UInt64Array, left_bits: UInt64Array, right_bits: UInt64Array
) -> UInt64Array:
    left = values >> right_bits
    right = values & ((_ONE << right_bits) - _ONE)
    left_shift, right_shift = np.uint64(64) - left_bits, np.uint64(64) - right_bits
    for i in range(_ROUNDS):
        round_keys = keys * _KEYED_ODD[i]
        round_keys ^= round_keys >> np.uint64(29)
        if i % 2 == 0:
            left ^= _keyed_round(right, round_keys, left_shift)
        else:
            right ^= _keyed_round(left, round_keys, right_shift)
    return (left << right_bits) | right


def _keyed_round(half: UInt64Array, keys: UInt64Array, shift: UInt64Array) -> UInt64Array:
    out = half + keys
    out *= _ROUND_1
    out ^= out >> np.uint64(32)
    out *= _ROUND_2
    out >>= shift
    return out
