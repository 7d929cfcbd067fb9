"""CPU seconds of parsing and of checking a spec, and its lines.

usage: compile_times.py SPEC
"""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from specdsl.compiler import compile_source
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.syntax.parser import parse

gc.set_threshold(100_000, 50, 100)  # as the command line does
path = sys.argv[1]
source = SourceFile(path, Path(path).read_text(encoding="utf-8"))
start = time.process_time()
parse(source)
parsed = time.process_time()
compilation = compile_source(source, LocalFiles())
whole = time.process_time()
if compilation.dataset is None:
    raise SystemExit("\n".join(d.message() for d in compilation.diagnostics[:5]))
parsing = parsed - start
print(parsing, whole - parsed - parsing, source.text.count("\n"))
