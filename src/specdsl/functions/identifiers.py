"""Identifiers in the forms that systems give out: ordered by time, short, or both.

Where a form has room for 64 bits of its own they are the row's bits, which differ from row to row (mixing is
one to one), so that no two rows of a table get the same identifier; it does not hang on luck.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import constant_text, full, ints, stream_of
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.zones import instants
from specdsl.randomness.streams import stream_key
from specdsl.vectors.vector import Int64Array, UInt64Array, Vector

_BASE32: Final = b"0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's: no I, L, O, U
_NANO: Final = "_-0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
_HEX: Final = b"0123456789abcdef"


def _milliseconds(call: Invocation, since: int, bits: int, what: str) -> Int64Array:
    """Milliseconds of the argument ``at`` after ``since`` (microseconds). Raises FunctionProblem where they
    not fit ``bits`` bits."""
    moments = instants(call, "at")
    out: Int64Array = (moments - since) // 1000
    at = call.args["at"]
    valid = at.valid if isinstance(at, Vector) else None
    wrong = (out < 0) | (out >= 1 << bits)
    if valid is not None:
        wrong &= valid
    if wrong.any():
        row = int(np.flatnonzero(wrong)[0])
        shown = np.datetime64(int(moments[row]), "us")
        raise FunctionProblem(f"`at` is {shown}Z in row {int(call.rows[row])}, which {what} cannot hold")
    return np.where(wrong | (out < 0), 0, out)


def _letters(values: UInt64Array, count: int, bits: int, alphabet: bytes) -> Any:
    """The lowest ``count * bits`` bits as letters, the highest first: uint8 (n, count)."""
    shifts = np.arange(count - 1, -1, -1, dtype=np.uint64) * np.uint64(bits)
    places = (values[:, None] >> shifts) & np.uint64((1 << bits) - 1)
    return np.frombuffer(alphabet, dtype=np.uint8)[places.astype(np.int64)]


def _text(parts: list[Any]) -> Vector:
    from specdsl.vectors import text

    return Vector(t.STRING, text.from_matrix(np.ascontiguousarray(np.concatenate(parts, axis=1))))


def _uuid7(call: Invocation) -> Vector:
    """RFC 9562, 5.7: 48 bits of milliseconds, the version, 12 bits, the variant, 62 bits."""
    stream = stream_of(call)
    moment = _milliseconds(call, 0, 48, "a UUID of version 7").astype(np.uint64)
    own, more = stream.bits(0), stream.bits(1)
    words = np.empty((call.n, 2), dtype=">u8")
    words[:, 0] = (moment << np.uint64(16)) | np.uint64(0x7000) | (own >> np.uint64(52))
    rest = ((own & np.uint64((1 << 52) - 1)) << np.uint64(10)) | (more >> np.uint64(54))
    words[:, 1] = np.uint64(1 << 63) | rest
    return Vector(t.UUID, words.view(np.uint8))


def _ulid(call: Invocation) -> Vector:
    stream = stream_of(call)
    moment = _milliseconds(call, 0, 48, "a ULID").astype(np.uint64)
    own, more = stream.bits(0), stream.bits(1)
    last = ((own & np.uint64(15)) << np.uint64(16)) | (more >> np.uint64(48))
    return _text(
        [
            _letters(moment, 10, 5, _BASE32),
            _letters(own >> np.uint64(4), 12, 5, _BASE32),
            _letters(last, 4, 5, _BASE32),
        ]
    )


def _object_id(call: Invocation) -> Vector:
    """4 bytes of seconds, 5 of the process, 3 of a counter; rows beyond the counter are another process's."""
    second = (_milliseconds(call, 0, 42, "an ObjectId") // 1000).astype(np.uint64)
    if (second >= 1 << 32).any():
        raise FunctionProblem("`at` lies after 2106-02-07, which an ObjectId cannot hold")
    key = stream_of(call).key
    row = call.rows.astype(np.uint64)
    process = np.uint64(stream_key(key, "process") >> 24) ^ (row >> np.uint64(24))
    counter = (row + np.uint64(stream_key(key, "counter") >> 40)) & np.uint64((1 << 24) - 1)
    return _text(
        [_letters(second, 8, 4, _HEX), _letters(process, 10, 4, _HEX), _letters(counter, 6, 4, _HEX)]
    )


def _snowflake(call: Invocation) -> Vector:
    """41 bits of milliseconds, 10 of the worker, 12 of a sequence."""
    epoch = ints(call, "epoch")
    assert isinstance(epoch, int)
    moment = _milliseconds(call, epoch, 41, "a snowflake identifier")
    if call.n and int(call.rows.max()) >= 1 << 22:
        raise FunctionProblem(
            f"a snowflake identifier keeps {1 << 22:,} rows apart, and there are more",
            "take uuid7 or ulid, or sequence() for an int",
        )
    scrambled = call.rows ^ (stream_key(stream_of(call).key, "worker") >> 42)
    return full(call, (moment << 22) | scrambled)


# --- short ones ----------------------------------------------------------------------------


def refuses_alphabet(alphabet: str) -> tuple[str, str] | None:
    """Why letters cannot be an alphabet."""
    if not 2 <= len(alphabet) <= 256 or not alphabet.isascii() or not alphabet.isprintable():
        return "an alphabet has from 2 to 256 printable ASCII characters", 'such as "0123456789abcdef"'
    if len(set(alphabet)) < len(alphabet):
        return "it has a character twice", 'such as "0123456789abcdef"'
    return None


def _alphabet(call: Invocation) -> bytes:
    alphabet = constant_text(call, "alphabet")
    refused = refuses_alphabet(alphabet)
    if refused is not None:
        raise FunctionProblem(refused[0], refused[1])
    return alphabet.encode()


def _nanoid(call: Invocation) -> Vector:
    alphabet, size = _alphabet(call), ints(call, "size")
    assert isinstance(size, int)
    stream = stream_of(call)
    return _spelt(alphabet, [stream.below(len(alphabet), place) for place in range(size)], call.n)


def _spelt(alphabet: bytes, places: list[Int64Array], n: int) -> Vector:
    from specdsl.vectors import text

    letters = np.frombuffer(alphabet, dtype=np.uint8)
    matrix = np.empty((n, len(places)), dtype=np.uint8)
    for column, place in enumerate(places):
        matrix[:, column] = letters[place]
    return Vector(t.STRING, text.from_matrix(matrix))


def _nanoid_at(call: Invocation, index: Int64Array) -> Vector:
    alphabet, size = _alphabet(call), ints(call, "size")
    assert isinstance(size, int)
    places: list[Int64Array] = []
    rest = index
    for _ in range(size):
        rest, place = np.divmod(rest, len(alphabet))
        places.append(place)
    return _spelt(alphabet, places[::-1], len(index))


def _nanoid_size(args: Constants) -> int | None:
    alphabet, size = args.get("alphabet"), args.get("size")
    return len(alphabet) ** size if isinstance(alphabet, str) and isinstance(size, int) else None


def _at(doc: str) -> Parameter:
    return Parameter("at", accepts.TIMESTAMP, doc)


FUNCTIONS: Final = (
    Function(
        name="uuid7",
        family="identifiers",
        summary="A UUID that begins with its time (RFC 9562, version 7).",
        doc="Identifiers of later milliseconds are greater; within a millisecond the order is random. "
        "Years from 1970. "
        "No two rows of a table get the same one.",
        result=t.UUID,
        kernel=_uuid7,
        parameters=(_at("When it was given out."),),
        examples=(Example("uuid7(2024-05-01T12:00:00Z)", "uuid", '"018f3408-5e00-7..."'),),
        draws=True,
        injective=True,
    ),
    Function(
        name="ulid",
        family="identifiers",
        summary="A ULID: 26 characters that begin with their time.",
        doc="48 bits of milliseconds and 80 random ones in Crockford's base 32; texts sort by time. No two "
        "rows of a "
        "table get the same one.",
        result=t.STRING,
        kernel=_ulid,
        parameters=(_at("When it was given out."),),
        examples=(Example("ulid(2024-05-01T12:00:00Z)", "string", '"01HWT0GQG0..."'),),
        draws=True,
        injective=True,
    ),
    Function(
        name="object_id",
        family="identifiers",
        summary="An ObjectId as MongoDB makes them: 24 hexadecimal digits that begin with their time.",
        doc="Seconds, five bytes of the process, three of its counter. No two rows of a table get the same "
        "one.",
        result=t.STRING,
        kernel=_object_id,
        parameters=(_at("When it was given out."),),
        examples=(Example("object_id(2024-05-01T12:00:00Z)", "string", '"66322f40..."'),),
        draws=True,
        injective=True,
        aliases=("objectid", "mongo_id", "bson_id"),
    ),
    Function(
        name="snowflake",
        family="identifiers",
        summary="A 64-bit identifier that begins with its time: 41 bits of milliseconds, 22 others.",
        doc="As Twitter, Discord and others give them out, with their `epoch`. The 22 bits keep 4,194,304 "
        "rows apart; "
        "a table with more rows stops the build. Within that no two rows get the same one.",
        result=t.INT,
        kernel=_snowflake,
        parameters=(
            _at("When it was given out."),
            Parameter(
                "epoch",
                accepts.TIMESTAMP,
                "What milliseconds are counted from: 2010-11-04T01:42:54.657Z unless said.",
                default=1_288_834_974_657_000,
                constant=True,
            ),
        ),
        examples=(
            Example("snowflake(2024-05-01T12:00:00Z)", "int"),
            Example("snowflake(2024-05-01T12:00:00Z, epoch: 2015-01-01)", "int", "as Discord's"),
        ),
        draws=True,
        injective=True,
    ),
    Function(
        name="nanoid",
        family="identifiers",
        summary="Random characters that may stand in an address: a Nano ID.",
        doc="21 of 64 characters unless said otherwise. A `unique` or `key` column of short ones draws "
        "without "
        'repetition: `code string key = nanoid(6, "0123456789")` makes up to a million.',
        result=t.STRING,
        kernel=_nanoid,
        parameters=(
            Parameter(
                "size", accepts.INTEGER, "How many.", default=21, constant=True, minimum=1, maximum=1000
            ),
            Parameter(
                "alphabet",
                accepts.TEXT,
                "The characters to draw from.",
                default=_NANO,
                constant=True,
                refuses=refuses_alphabet,
            ),
        ),
        examples=(
            Example("nanoid()", "string", 'such as "V1StGXR8_Z5jdHi6B-myT"'),
            Example('nanoid(8, alphabet: "23456789abcdefghjkmnpqrstuvwxyz")', "string", "easy to read out"),
        ),
        draws=True,
        domain=_nanoid_size,
        at=_nanoid_at,
        aliases=("short_id", "hashid", "token", "random_string"),
    ),
)
