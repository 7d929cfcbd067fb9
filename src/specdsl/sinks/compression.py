"""How hard to compress."""

from __future__ import annotations

from specdsl.errors import UsageError
from specdsl.sinks.options import optional_whole

_MOST = {"gzip": 9, "bz2": 9, "xz": 9, "zip": 9, "zstd": 22, "brotli": 11, "deflate": 9}

LEVEL = optional_whole(
    "level", "How hard to compress; each compression has its own most and its own default.", 1, 22
)


def require_level(compression: str, level: int | None) -> None:
    """Raises UsageError where ``compression`` has no such level."""
    if level is None:
        return
    most = _MOST.get(compression)
    if most is None:
        able = ", ".join(_MOST)
        raise UsageError(f"`{compression}` has no levels of compression", f"these have: {able}")
    if level > most:
        raise UsageError(f"`{compression}` has no level {level}", f"1 to {most}")
