"""x"""

from __future__ import annotations


def verify_changes(job, staging, keys, snapshot, level, temp):  # type: ignore
    return ()
