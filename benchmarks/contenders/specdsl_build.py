"""specdsl itself, by its command line.

usage: specdsl_build.py WORKLOAD ROWS OUT [full]
"""

from __future__ import annotations

import sys
from pathlib import Path

from specdsl.cli.main import main

workload, rows, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
spec = Path(__file__).parent.parent / "specs" / f"{workload}.dgen"
size = ["--rows", str(rows)] if workload == "w1" else ["--scale", str(rows / 16_000_000)]
verify = "full" if "full" in sys.argv[4:] else "off"
sys.argv = [
    "specdsl",
    "build",
    str(spec),
    "-o",
    out,
    "--quiet",
    "--mode",
    "overwrite",
    "--verify",
    verify,
    *size,
]
sys.exit(main())
