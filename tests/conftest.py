"""What all tests share: golden files are written anew on request, generated examples are the same each run."""

import os

import pytest
from hypothesis import settings

# A run is repeatable; EXPLORE=1 draws examples that no run before has seen.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", derandomize=False)
settings.load_profile("explore" if os.environ.get("EXPLORE") else "repeatable")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--regenerate", action="store_true", help="write golden files anew")
