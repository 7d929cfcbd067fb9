"""Text on its way to a file, compressed where asked, without a trace of how it was batched.

Compressed bytes are the same wherever they are made: no header has a name, a time or an operating system.
"""

from __future__ import annotations

import bz2
import lzma
import zipfile
import zlib
from typing import Any, BinaryIO, Protocol

import pyarrow as pa

from specdsl.sinks.base import WriteOptions, arrow_target

TEXT_COMPRESSIONS: tuple[str, ...] = ("none", "gzip", "zstd", "bz2", "xz", "zip")
TEXT_EXTENSIONS = {"none": "", "gzip": ".gz", "zstd": ".zst", "bz2": ".bz2", "xz": ".xz", "zip": ".zip"}

_BLOCK = 1 << 20  # what a compressor is handed at a time


class Compressor(Protocol):
    """Compresses a stream of bytes."""

    def compress(self, data: bytes, /) -> bytes: ...

    def flush(self) -> bytes: ...


class TextStream:
    """Bytes of text on their way to a file, compressed where asked. Compressors see blocks of one size,
    so that their output cannot depend on the sizes of writes. ``name`` is that of the member of a zip."""

    def __init__(
        self, target: BinaryIO, compression: str, level: int | None = None, name: str = "data"
    ) -> None:
        self._target = target
        self._pending = bytearray()
        self._plain = compression == "none"
        self._compressor = _compressor(target, compression, level, name)

    def write(self, data: memoryview | bytes) -> None:
        if self._plain:
            self._target.write(data)
            return
        self._pending += data
        whole = len(self._pending) // _BLOCK * _BLOCK
        if whole:
            view = memoryview(self._pending)
            for start in range(0, whole, _BLOCK):
                self._emit(bytes(view[start : start + _BLOCK]))
            view.release()
            del self._pending[:whole]

    def close(self) -> None:
        if self._compressor is None:
            return
        if self._pending:
            self._emit(bytes(self._pending))
            self._pending.clear()
        rest = self._compressor.flush()
        if rest:
            self._target.write(rest)

    def _emit(self, block: bytes) -> None:
        assert self._compressor is not None
        compressed = self._compressor.compress(block)
        if compressed:
            self._target.write(compressed)


def member_name(options: WriteOptions, extension: str) -> str:
    """What a table's file is called in a zip archive."""
    return dict(options.metadata).get("specdsl.table", "data").replace("/", "%2F") + extension


def _compressor(target: BinaryIO, compression: str, level: int | None, name: str) -> Compressor | None:
    match compression:
        case "none":
            return None
        case "gzip":  # with no name and no time in its header
            return zlib.compressobj(6 if level is None else level, zlib.DEFLATED, 31)
        case "bz2":
            return bz2.BZ2Compressor(9 if level is None else level)
        case "xz":
            return lzma.LZMACompressor(preset=6 if level is None else level)
        case "zstd":
            return _Zstd(target, level)
        case "zip":
            return _Zip(target, level, name)
        case _:
            raise ValueError(f"text cannot be compressed by {compression!r}")


class _Zstd:
    """Arrow's Zstandard, which writes to the target itself."""

    def __init__(self, target: BinaryIO, level: int | None) -> None:
        codec: Any = "zstd" if level is None else pa.Codec("zstd", level)
        self._stream = pa.CompressedOutputStream(arrow_target(target), codec)

    def compress(self, data: bytes, /) -> bytes:
        self._stream.write(data)
        return b""

    def flush(self) -> bytes:
        self._stream.close()
        return b""


class _Zip:
    """A zip archive of one member, with the earliest time that one can have."""

    def __init__(self, target: BinaryIO, level: int | None, name: str) -> None:
        self._out = _Forward(target)
        self._archive = zipfile.ZipFile(self._out, "w", zipfile.ZIP_DEFLATED, compresslevel=level or 6)
        member = zipfile.ZipInfo(name, (1980, 1, 1, 0, 0, 0))
        member.compress_type = zipfile.ZIP_DEFLATED
        member.create_system = 3
        member.external_attr = 0o644 << 16
        member._compresslevel = level or 6  # type: ignore[attr-defined]
        self._member = self._archive.open(member, "w", force_zip64=True)

    def compress(self, data: bytes, /) -> bytes:
        self._member.write(data)
        return b""

    def flush(self) -> bytes:
        self._member.close()
        self._archive.close()
        return b""


class _Forward:
    """A file object that only goes forward, so that archives are written without seeking."""

    def __init__(self, target: BinaryIO) -> None:
        self._target = target

    def write(self, data: bytes) -> int:
        self._target.write(data)
        return len(data)

    def flush(self) -> None:
        """Nothing is held back."""

    def close(self) -> None:
        """The target is its owner's to close."""
