"""Every example cut off at every byte: ``python -m tests.robustness.every_cut``, some minutes."""

import sys

from tests.examples import VARIED
from tests.robustness.test_cut_off import cut


def run() -> None:
    """Try them all; the first that fails ends it."""
    for path in VARIED:
        data = path.read_bytes()
        for end in range(len(data) + 1):
            cut(path, data[:end])
        sys.stdout.write(f"{path.name}: {len(data)} places\n")


if __name__ == "__main__":
    run()
