"""The pytest plugin: small, fresh, repeatable data for each test.

Its seed follows from the test's name, so that a test sees the same data in every run on every machine, and
no two tests the same. Nothing of it is imported before a test asks for data.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from os import PathLike, fspath
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    import duckdb

    from specdsl.api import Data

_MADE = pytest.StashKey[list[str]]()
_MARKER = (
    "dgen(spec, *, rows=None, scale=None, seed=None, edge=None, format='parquet'): the spec of the test's "
    "data, and what is to be otherwise than it says"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """``--dgen-seed``: data as in a run that failed."""
    group = parser.getgroup("specdsl", "data from specs")
    group.addoption(
        "--dgen-seed",
        type=int,
        metavar="N",
        help="the seed of all tests' data; without it each test's seed follows from its name",
    )


def pytest_configure(config: pytest.Config) -> None:
    """Makes the marker known."""
    config.addinivalue_line("markers", _MARKER)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item) -> Iterator[None]:
    """Tells in a failure which data the test had, and how to have them again."""
    report: pytest.TestReport = yield  # type: ignore[assignment]
    made = item.stash.get(_MADE, None)
    if made and report.failed:
        report.sections.append(("specdsl", "\n".join(made)))
    return report  # type: ignore[return-value]


class Dgen:
    """Makes the data of one test; the fixture ``dgen``."""

    def __init__(self, request: pytest.FixtureRequest) -> None:
        self._request = request
        node: pytest.Item = request.node
        self._item = node
        marker = node.get_closest_marker("dgen")
        self._args: tuple[Any, ...] = () if marker is None else marker.args
        self._marked: dict[str, Any] = {} if marker is None else dict(marker.kwargs)
        unknown = set(self._marked) - {"spec", "rows", "scale", "seed", "edge", "format"}
        if unknown or len(self._args) > 1:
            pytest.fail(f"the marker of {node.nodeid} is {_MARKER}", pytrace=False)

    @property
    def seed(self) -> int:
        """The test's seed: of ``--dgen-seed``, else 32 bits of a hash of the test's name (its node id: path
        from pytest's root, class, function, parameters)."""
        given: int | None = self._request.config.getoption("--dgen-seed")
        if given is not None:
            return given
        return int.from_bytes(hashlib.sha256(self._item.nodeid.encode()).digest()[:4], "big")

    @property
    def format(self) -> str:
        """The format of the files of ``dgen_dir``."""
        return str(self._marked.get("format", "parquet"))

    def __call__(
        self,
        spec: str | PathLike[str] | None = None,
        *,
        rows: int | Mapping[str, int] | None = None,
        scale: float | None = None,
        seed: int | None = None,
        edge: float | None = None,
    ) -> Data:
        """The data of ``spec``: a file, looked for in the test's folder and then in pytest's root, or the
        text itself. What is not given is the marker's. Raises what ``specdsl.load`` does."""
        from specdsl.api import load

        if spec is None:
            spec = self._args[0] if self._args else self._marked.get("spec")
        if spec is None:
            pytest.fail(f"{self._item.nodeid} names no spec, nor has it a marker that does", pytrace=False)
        if rows is None and scale is None:
            rows, scale = self._marked.get("rows"), self._marked.get("scale")
        if seed is None:
            seed = self._marked.get("seed")
        if edge is None:
            edge = self._marked.get("edge")
        chosen = self.seed if seed is None else seed
        found = self._found(spec)
        options = {"rows": rows, "scale": scale, "edge": edge}
        told = "".join(f", {key}={value!r}" for key, value in options.items() if value is not None)
        text = isinstance(found, str) and not found.strip().endswith(".dgen")
        what = "a spec in the test" if text else f"`{fspath(spec)}`"
        self._item.stash.setdefault(_MADE, []).append(
            f"data of {what}{told}, seed={chosen}; "
            f"the same again: pytest {self._item.nodeid!r} --dgen-seed {chosen}"
        )
        return load(found, seed=chosen, rows=rows, scale=scale, edge=edge or 0.0)

    def _found(self, spec: str | PathLike[str]) -> str | Path:
        if isinstance(spec, str) and not spec.strip().endswith(".dgen"):
            return spec
        path = Path(spec)
        places = [self._item.path.parent, self._request.config.rootpath]
        candidates = [path] if path.is_absolute() else [place / path for place in places]
        for candidate in candidates:
            if candidate.is_file():
                return candidate
        looked = " or ".join(f"`{place}`" for place in dict.fromkeys(c.parent for c in candidates))
        pytest.fail(f"there is no spec `{path.name}` in {looked}", pytrace=False)


@pytest.fixture
def dgen(request: pytest.FixtureRequest) -> Dgen:
    """Makes data: ``dgen("shop.dgen", rows={"users": 5})``, or ``dgen()`` for the spec of the marker."""
    return Dgen(request)


@pytest.fixture
def dgen_data(dgen: Dgen) -> Data:
    """The data of the test's marker ``dgen``."""
    return dgen()


@pytest.fixture
def dgen_duckdb(dgen_data: Data) -> Iterator[duckdb.DuckDBPyConnection]:
    """A DuckDB connection with the tables of the test's marker, their keys and references declared."""
    connection = dgen_data.to_duckdb(keys=True)
    yield connection
    connection.close()


@pytest.fixture
def dgen_dir(dgen: Dgen, dgen_data: Data, tmp_path: Path) -> Path:
    """A folder with the files of the test's marker, in its ``format``; they have passed verification."""
    result = dgen_data.build(tmp_path / "dgen", dgen.format, workers=1)
    if not result.ok:
        broken = result.report.broken if result.report is not None else ()
        names = ", ".join(found.rule.name for found in broken)
        pytest.fail(f"the data of {dgen_data.name} break their own rules: {names}", pytrace=False)
    return result.out_dir
