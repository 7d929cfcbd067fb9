"""Servers that the tests of a module share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.lsp.client import Client, over_stdio


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder that ``client`` has open."""
    return tmp_path_factory.mktemp("folder")


@pytest.fixture(scope="module")
def client(folder: Path) -> Iterator[Client]:
    """A client that a module's tests share; each takes documents of its own. In the end the server must not
    have met a bug."""
    with over_stdio() as client:
        client.initialize(folder)
        yield client
        assert client.errors() == []
        assert client.shutdown() == 0
