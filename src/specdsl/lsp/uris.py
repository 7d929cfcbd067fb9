"""Addresses of documents as a client writes them, and paths as spans carry them."""

from __future__ import annotations

from pathlib import Path

from pygls.uris import from_fs_path, to_fs_path


def path_of(uri: str) -> str:
    """The path of a ``file:`` address; any other address (``untitled:Untitled-1``) stands for itself."""
    if not uri.startswith("file:"):
        return uri
    return to_fs_path(uri) or uri


def uri_of(path: str) -> str:
    """The address of a path; what is no absolute path is an address already."""
    return (from_fs_path(path) or path) if is_file(path) else path


def is_file(path: str) -> bool:
    """Whether a path can lie on disk."""
    return Path(path).is_absolute()
