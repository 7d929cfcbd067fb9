"""The file around the values: a header, then blocks of rows (Avro 1.11, "Object Container Files")."""

from __future__ import annotations

import hashlib
import json
import zlib
from collections.abc import Iterator, Mapping
from typing import BinaryIO

import numpy as np
import pyarrow as pa

MAGIC = b"Obj\x01"
CODECS: Mapping[str, str] = {"deflate": "deflate", "snappy": "snappy", "zstd": "zstandard", "none": "null"}
"""Avro's names of compressions."""

_SYNC = 16


def varint(value: int) -> bytes:
    """One whole number, zigzag and in groups of seven bits."""
    folded = (value << 1) ^ (value >> 63)
    out = bytearray()
    while folded > 0x7F:
        out.append(folded & 0x7F | 0x80)
        folded >>= 7
    out.append(folded)
    return bytes(out)


class BlockWriter:
    """Writes the header, then blocks. The marker between blocks is a hash of the header: it depends on no
    clock or chance."""

    def __init__(
        self, target: BinaryIO, schema: object, compression: str, level: int | None, about: Mapping[str, str]
    ) -> None:
        self._target = target
        self._compression = compression
        self._level = level
        text = json.dumps(schema, ensure_ascii=False, separators=(",", ":"))
        entries = {"avro.schema": text, "avro.codec": CODECS[compression], **about}
        head = MAGIC + varint(len(entries))
        for name, value in entries.items():
            for part in (name, value):
                data = part.encode()
                head += varint(len(data)) + data
        head += varint(0)
        self._marker = hashlib.sha256(head).digest()[:_SYNC]
        target.write(head + self._marker)

    def write(self, rows: int, data: memoryview) -> None:
        packed = self._packed(data)
        self._target.write(varint(rows) + varint(len(packed)))
        self._target.write(packed)
        self._target.write(self._marker)

    def _packed(self, data: memoryview) -> bytes | memoryview:
        match self._compression:
            case "deflate":
                level = -1 if self._level is None else self._level
                packer = zlib.compressobj(level, zlib.DEFLATED, -zlib.MAX_WBITS)
                return packer.compress(data) + packer.flush()
            case "snappy":
                packed: bytes = pa.Codec("snappy").compress(pa.py_buffer(data), asbytes=True)
                return packed + zlib.crc32(data).to_bytes(4, "big")
            case "zstd":
                whole: bytes = pa.Codec("zstd", self._level).compress(pa.py_buffer(data), asbytes=True)
                return whole
            case _:
                return data


class BlockReader:
    """A file's header (``schema``: its JSON; ``compression``), then its blocks, unpacked. Raises ValueError
    for what is no such file."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        if source.read(len(MAGIC)) != MAGIC:
            raise ValueError("this is not an Avro file")
        entries: dict[str, bytes] = {}
        while count := self._number():
            if count < 0:  # then its size in bytes follows
                self._number()
            for _ in range(abs(count)):
                name = self._exactly(self._number()).decode()
                entries[name] = self._exactly(self._number())
        self._codec = entries.get("avro.codec", b"null").decode()
        self.schema = json.loads(entries.get("avro.schema", b"null"))
        self._marker = self._exactly(_SYNC)

    def blocks(self) -> Iterator[tuple[int, bytes]]:
        """How many rows, and their bytes."""
        while (first := self._source.read(1)) != b"":
            count = self._number(first)
            data = self._exactly(self._number())
            if self._exactly(_SYNC) != self._marker:
                raise ValueError("the Avro file is damaged: a block does not end where it should")
            yield count, self._unpacked(data)

    def _number(self, first: bytes = b"") -> int:
        folded = shift = 0
        while True:
            byte = (first or self._exactly(1))[0]
            first = b""
            folded |= (byte & 0x7F) << shift
            shift += 7
            if byte < 0x80:
                return (folded >> 1) ^ -(folded & 1)
            if shift > 63:
                raise ValueError("the Avro file is damaged: a number has too many bytes")

    def _exactly(self, count: int) -> bytes:
        data = self._source.read(count) if count >= 0 else b""
        if len(data) != count:
            raise ValueError("the Avro file is cut off")
        return data

    def _unpacked(self, data: bytes) -> bytes:
        try:
            match self._codec:
                case "null":
                    return data
                case "deflate":
                    return zlib.decompress(data, -zlib.MAX_WBITS)
                case "snappy":
                    size = _snappy_size(data)
                    plain: bytes = pa.Codec("snappy").decompress(data[:-4], size, asbytes=True)
                    if zlib.crc32(plain).to_bytes(4, "big") != data[-4:]:
                        raise ValueError("the Avro file is damaged: a block has another checksum")
                    return plain
                case "zstandard":
                    stream = pa.CompressedInputStream(pa.BufferReader(data), "zstd")
                    return bytes(stream.read())
                case other:
                    raise ValueError(f"the Avro file is compressed by `{other}`, which is not known here")
        except (zlib.error, OSError) as problem:
            raise ValueError(f"the Avro file is damaged: {problem}") from problem


def _snappy_size(data: bytes) -> int:
    """How many bytes a block has when unpacked: seven bits a byte, the lowest first."""
    head = np.frombuffer(data[:5], np.uint8)
    size = 0
    for place, byte in enumerate(head):
        size |= (int(byte) & 0x7F) << 7 * place
        if byte < 0x80:
            return size
    raise ValueError("the Avro file is damaged: a block has no size")
