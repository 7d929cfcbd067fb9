"""Files of text that DuckDB cannot read as they are, copied to where it can: unpacked, and in UTF-8."""

from __future__ import annotations

import bz2
import codecs
import hashlib
import io
import lzma
import shutil
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import IO, Any

_NATIVE = ("", ".gz", ".zst")
DAMAGED = (OSError, ValueError, EOFError, zlib.error, lzma.LZMAError, zipfile.BadZipFile)
"""What reading a damaged file raises."""
_COMPRESSED = (".gz", ".zst", ".bz2", ".xz", ".zip")


def compression_ending(path: Path) -> str:
    """The ending of the name that tells the compression, ``""`` for none."""
    return path.suffix if path.suffix in _COMPRESSED else ""


def opened(path: Path) -> IO[bytes]:
    """The bytes of a file of text, decompressed as its name says. Raises one of ``DAMAGED``, then and
    while they are read."""
    match compression_ending(path):
        case ".bz2":
            return bz2.open(path)
        case ".xz":
            return lzma.open(path)
        case ".zip":
            archive = zipfile.ZipFile(path)
            names = archive.namelist()
            if len(names) != 1:
                raise ValueError(f"`{path.name}` holds {len(names)} files instead of one")
            return archive.open(names[0])
        case ".gz" | ".zst":
            import pyarrow as pa

            return io.BufferedReader(_Raw(pa.input_stream(str(path), compression="detect")))
        case _:
            return path.open("rb")


class _Raw(io.RawIOBase):
    """An Arrow stream as Python's own kind."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        data = self._stream.read(len(buffer))
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def unpacked_path(path: Path, temp_dir: Path) -> Path:
    """Where a file is copied to, if it has to be."""
    digest = hashlib.blake2b(str(path).encode("utf-8", "surrogateescape"), digest_size=12).hexdigest()
    return temp_dir / f"unpacked-{digest}"


def plain_files(paths: Sequence[Path], temp_dir: Path | None, encoding: str = "utf-8") -> list[Path]:
    """``paths``, with copies in ``temp_dir`` instead of those that DuckDB cannot read. Raises one of
    ``DAMAGED``."""
    out = []
    native = codecs.lookup(encoding).name in ("utf-8", "utf-8-sig")
    for path in paths:
        if (native and compression_ending(path) in _NATIVE) or temp_dir is None:
            out.append(path)
            continue
        plain = unpacked_path(path, temp_dir)
        with opened(path) as packed, plain.open("wb") as target:
            if native:
                shutil.copyfileobj(packed, target, 1 << 20)
            else:
                text = io.TextIOWrapper(packed, encoding, newline="")
                while piece := text.read(1 << 20):
                    target.write(piece.encode())
        out.append(plain)
    return out
