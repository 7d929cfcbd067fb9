"""The bodies of messages that come in, cut out of a stream of bytes by their headers.

What is no message ends the connection: where the next one would begin cannot be known.
"""

from __future__ import annotations

import asyncio
import re
from collections.abc import AsyncIterator
from concurrent.futures import Executor
from typing import BinaryIO, Final, Protocol

from specdsl.errors import DataError

LARGEST: Final = 64 * 2**20
"""Bytes of the largest message that is taken."""
_LONGEST_LINE: Final = 8 * 2**10
_HEADER: Final = re.compile(rb"([!#$%&'*+.^_`|~0-9A-Za-z-]+):[ \t]*(.*?)[ \t]*\r?\n", re.DOTALL)
_SHOWN: Final = 40
_HELP: Final = "an editor starts `specdsl lsp` and talks to it; docs/editors.md says how each is set up"


class Stream(Protocol):
    """Where bytes come from."""

    async def line(self, longest: int) -> bytes:
        """The next line with its line end; only a part of it at the end, and after ``longest`` bytes."""

    async def bytes(self, count: int) -> bytes:
        """The next bytes, fewer only at the end."""


class Piped:
    """Bytes of a pipe. A thread of ``executor`` waits for them."""

    def __init__(self, pipe: BinaryIO, executor: Executor) -> None:
        self._pipe = pipe
        self._executor = executor

    async def line(self, longest: int) -> bytes:
        loop = asyncio.get_running_loop()
        return await loop.run_in_executor(self._executor, self._pipe.readline, longest)

    async def bytes(self, count: int) -> bytes:
        return await asyncio.get_running_loop().run_in_executor(self._executor, self._pipe.read, count)


class Received:
    """Bytes of a socket."""

    def __init__(self, reader: asyncio.StreamReader) -> None:
        self._reader = reader

    async def line(self, longest: int) -> bytes:
        try:
            return await self._reader.readuntil(b"\n")
        except asyncio.IncompleteReadError as end:
            return end.partial
        except asyncio.LimitOverrunError:
            return await self._reader.read(longest)
        except ConnectionError:
            return b""

    async def bytes(self, count: int) -> bytes:
        try:
            return await self._reader.readexactly(count)
        except asyncio.IncompleteReadError as end:
            return end.partial
        except ConnectionError:
            return b""


async def bodies(stream: Stream) -> AsyncIterator[bytes]:
    """The bodies of all messages up to the end. Raises DataError where something else comes in, a message of
    more than ``LARGEST`` bytes, or the end within a message."""
    while (length := await _length(stream)) is not None:
        body = await stream.bytes(length)
        if len(body) < length:
            raise DataError(f"the input ended after {len(body)} of {length} bytes of a message")
        if body:
            yield body


async def _length(stream: Stream) -> int | None:
    """What the header of the next message says of its length; None at the end."""
    length: int | None = None
    while line := await stream.line(_LONGEST_LINE):
        if not line.strip():
            if length is not None:
                return length
            continue  # an empty line between two messages says nothing
        header = _HEADER.fullmatch(line)
        if header is None:
            raise DataError(f"a message begins with `Content-Length: ...`, not with {_shown(line)}", _HELP)
        name, value = header.groups()
        if name.lower() == b"content-length":
            length = _number(value)
    if length is not None:
        raise DataError("the input ended within the header of a message")
    return None


def _number(value: bytes) -> int:
    if not value.isdigit():
        raise DataError(f"Content-Length is a number of bytes, not {_shown(value)}", _HELP)
    digits = value.lstrip(b"0")
    if len(digits) > len(str(LARGEST)) or int(digits or b"0") > LARGEST:
        raise too_long(f" of {value.decode()[:_SHOWN]} bytes")
    return int(digits or b"0")


def too_long(of: str = "") -> DataError:
    """What is said of a message of more than ``LARGEST`` bytes; ``of``: how long it is, if that is known."""
    return DataError(
        f"a message{of} is too long: {LARGEST:_} are the most",
        "leave documents as large as that to `specdsl check`",
    )


def _shown(given: bytes) -> str:
    """The beginning of what came in, as printable text."""
    text = given.rstrip(b"\r\n").decode("utf-8", "backslashreplace")
    printable = "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text[:_SHOWN])
    return f"`{printable}{'…' if len(text) > _SHOWN else ''}`"
