"""Benchmarks of specdsl, side by side with what people write by hand and with other generators.

    python benchmarks/run.py                  all sections; docs/benchmarks.md and its charts
    python benchmarks/run.py w1 compiling     these sections; the others are shown as measured before
    python benchmarks/run.py --peers          installs other generators first (minutes, a gigabyte)
    python benchmarks/run.py --rounds 1 --rows 50000 --no-docs

Sections: w1, w2, w3, scaling, compiling, batches, streams. Results are kept in benchmarks/work/results.json.
A whole run takes about half an hour on a quiet machine, with peers five minutes more.
"""

from __future__ import annotations

import argparse
import json
import sys
import time
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent))

import batches
import compiling
import peers
import scaling
import streams
import workloads
from measuring import HERE, tell
from page import render

SECTIONS = ("w1", "w2", "w3", "scaling", "compiling", "batches", "streams")
ROUNDS = {"w1": 5, "w2": 3, "w3": 3}
PAGE = HERE.parent / "docs" / "benchmarks.md"


def measured(section: str, given: argparse.Namespace, found: peers.Peers | None) -> dict[str, Any]:
    work: Path = given.work
    if section == "scaling":
        return scaling.measure(work, given.most_rows)
    if section == "compiling":
        return compiling.measure(work)
    if section == "batches":
        return {**batches.measure(), "changing": batches.measure(changes=True)}
    if section == "streams":
        return streams.measure(rounds=given.rounds or 3)
    rows = given.rows or workloads.ROWS[section]
    return workloads.measure(section, rows, given.rounds or ROUNDS[section], work, found)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("sections", nargs="*", metavar="SECTION", help=f"{', '.join(SECTIONS)}; or all")
    parser.add_argument("--rows", type=int, help="of the workloads, instead of 1 and 16 million and 100,000")
    parser.add_argument("--most-rows", type=int, default=10_000_000, help="of scaling; up to 100000000")
    parser.add_argument("--rounds", type=int, help="instead of five of W1, three of W2 and W3")
    parser.add_argument("--peers", action="store_true", help="install the peers first")
    parser.add_argument("--work", type=Path, default=HERE / "work", help="where the data goes for a while")
    parser.add_argument("--no-docs", action="store_true", help="only print, and keep nothing")
    given = parser.parse_args(arguments)
    if wrong := set(given.sections) - set(SECTIONS):
        parser.error(f"no such section: {', '.join(sorted(wrong))}; there are {', '.join(SECTIONS)}")
    given.work = given.work.resolve()
    given.work.mkdir(parents=True, exist_ok=True)
    folder = given.work / "peers"
    found = peers.install(folder) if given.peers else peers.found(folder)
    kept = given.work / "results.json"
    results = json.loads(kept.read_text(encoding="utf-8")) if kept.exists() and not given.no_docs else {}
    started = time.monotonic()
    for section in given.sections or SECTIONS:
        results[section] = measured(section, given, found)
        if not given.no_docs:
            kept.write_text(json.dumps(results, indent=1), encoding="utf-8")
    tell(f"took {(time.monotonic() - started) / 60:.1f} minutes")
    text, pictures = render(results, "benchmarks")
    print(text)
    if not given.no_docs:
        PAGE.write_text(text, encoding="utf-8")
        PAGE.with_suffix("").mkdir(exist_ok=True)
        for name, picture in pictures.items():
            (PAGE.with_suffix("") / name).write_text(picture, encoding="utf-8")


if __name__ == "__main__":
    main()
