"""Streams: independent sequences of random bits that can be read at any place.

A stream's key is a BLAKE2b hash of the names that identify a call site, so that streams are
unrelated however alike their names. The bits at an address are SplitMix64's finaliser over
``key + address * golden`` (Steele, Lea, Flood: Fast splittable pseudorandom number generators,
OOPSLA 2014), with Stafford's variant 13 of the constants.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from specdsl.vectors.vector import Float64Array, Int64Array, UInt64Array

STREAM_VERSION = 1
"""Raised by the release that changes the value of any stream; manifests record it."""

GOLDEN = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)
_BLOCK = 16_384
_SMALL = np.uint64(1 << 20)


def stream_key(seed: int, *names: str | int) -> int:
    """The 64-bit key of the stream that ``seed`` and ``names`` identify."""
    digest = hashlib.blake2b(digest_size=8, person=b"specdsl-stream")
    for part in (seed, *names):
        data = str(part).encode()
        digest.update(len(data).to_bytes(8, "little"))
        digest.update(b"i" if isinstance(part, int) else b"s")
        digest.update(data)
    return int.from_bytes(digest.digest(), "little")


def mix(values: UInt64Array) -> UInt64Array:
    """SplitMix64's finaliser of each value, in place; returns ``values``."""
    scratch = np.empty(min(_BLOCK, len(values)), dtype=np.uint64)
    for start in range(0, len(values), _BLOCK):
        block = values[start : start + _BLOCK]
        _mix_block(block, scratch[: len(block)])
    return values


def _mix_block(block: UInt64Array, scratch: UInt64Array) -> None:
    """``mix`` of a block that stays in the processor's cache."""
    np.right_shift(block, np.uint64(30), out=scratch)
    np.bitwise_xor(block, scratch, out=block)
    np.multiply(block, _MIX_1, out=block)
    np.right_shift(block, np.uint64(27), out=scratch)
    np.bitwise_xor(block, scratch, out=block)
    np.multiply(block, _MIX_2, out=block)
    np.right_shift(block, np.uint64(31), out=scratch)
    np.bitwise_xor(block, scratch, out=block)


@dataclass(frozen=True, slots=True)
class Stream:
    """The randomness of one call site at some addresses.

    ``addresses`` is uint64 of shape (n,): the row number, or for values inside lists and for redrawn
    rows a number derived from it. Lanes are independent of each other.
    """

    key: int
    addresses: UInt64Array

    def bits(self, lane: int = 0) -> UInt64Array:
        """Fresh uint64 of shape (n,), uniform over all 64-bit values."""
        out = np.empty(len(self.addresses), dtype=np.uint64)
        for _ in self._blocks(out, lane):
            pass
        return out

    def _blocks(self, out: UInt64Array, lane: int) -> Iterator[slice]:
        """Fills ``out`` with the bits of ``lane``; after each block says which it was, so that a caller can
        go on with it while the cache has it."""
        key = np.uint64(self.key if lane == 0 else stream_key(self.key, "lane", lane))
        scratch = np.empty(min(_BLOCK, len(out)), dtype=np.uint64)
        for start in range(0, len(out), _BLOCK):
            part = slice(start, start + _BLOCK)
            block = out[part]
            np.multiply(self.addresses[part], GOLDEN, out=block)
            np.add(block, key, out=block)
            _mix_block(block, scratch[: len(block)])
            yield part

    def uniform(self, lane: int = 0) -> Float64Array:
        """float64 in the open interval (0, 1): odd multiples of 2**-53, so that inverse transforms
        never see 0 or 1 (54 bits would not fit a float64: the largest would round to 1)."""
        bits = np.empty(len(self.addresses), dtype=np.uint64)
        out = bits.view(np.float64)  # in the same memory: each block is read before it is written
        for part in self._blocks(bits, lane):
            block = bits[part]
            np.right_shift(block, np.uint64(12), out=block)
            values = out[part]
            np.add(block.view(np.int64), 0.5, out=values)
            np.multiply(values, 2.0**-52, out=values)
        return out

    def below(self, size: int | Int64Array | UInt64Array, lane: int = 0) -> Int64Array:
        """int64 in ``0 .. size - 1`` (``size`` a number or one for each address, at least 1).

        Multiply-shift on 44 bits for sizes below 2**20, else the remainder of 64 bits; an address's own
        size decides. The bias is below size / 2**44 relative.
        """
        bits = self.bits(lane)
        sizes = np.asarray(size, dtype=np.uint64)
        small = sizes < _SMALL
        if small.all():
            bits >>= np.uint64(20)
            bits *= sizes
            bits >>= np.uint64(44)
        elif small.any():
            shifted = bits >> np.uint64(20)
            shifted *= sizes
            shifted >>= np.uint64(44)
            bits = np.where(small, shifted, bits % sizes)
        else:
            np.remainder(bits, sizes, out=bits)
        return bits.view(np.int64)

    def substream(self, label: str) -> Stream:
        """An independent stream at the same addresses."""
        return Stream(stream_key(self.key, label), self.addresses)

    def take(self, positions: Int64Array) -> Stream:
        """The same stream at the addresses at ``positions``."""
        return Stream(self.key, np.take(self.addresses, positions))


def derive_addresses(addresses: UInt64Array, salt: int, counters: Int64Array) -> UInt64Array:
    """New addresses from old ones and a counter (a list's element number, an attempt): distinct pairs
    give unrelated addresses. ``salt`` (a stream key) separates uses. Shapes (n,) and (n,)."""
    out = mix(addresses * GOLDEN + np.uint64(salt))
    out += counters.astype(np.uint64) * GOLDEN
    return mix(out)
