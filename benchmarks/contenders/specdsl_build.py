"""specdsl itself, by its command line.

usage: specdsl_build.py WORKLOAD ROWS OUT [full]
"""

from __future__ import annotations

import sys
from pathlib import Path

from specdsl.cli.main import main

workload, rows, out = sys.argv[1], int(sys.argv[2]), sys.argv[3]
spec = Path(__file__).parent.parent / "specs" / f"{workload}.dgen"
size = ["--scale", str(rows / 16_000_000)] if workload == "w2" else ["--rows", str(rows)]
form = "jsonl" if workload == "w3" else "parquet"
verify = "full" if "full" in sys.argv[4:] else "off"
built = ["-o", out, "--quiet", "--mode", "overwrite", "--verify", verify, "--format", form, *size]
sys.argv = ["specdsl", "build", str(spec), *built]
sys.exit(main())
