"""JSON texts (RFC 8259) put together: strings, and arrays and objects of what is JSON already."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.vectors import strings
from specdsl.vectors.vector import Int64Array

_SHORT = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", "\b": "\\b", "\f": "\\f"}


def escaped(array: strings.Strings) -> strings.Strings:
    """The strings of a plain ``pa.StringArray`` with quotes, backslashes and control characters escaped,
    everything else as it is."""
    _, data = strings.buffers_of(array)
    present = np.bincount(data, minlength=256)
    special = [chr(code) for code in (0x5C, 0x22, *range(0x20)) if present[code]]
    for character in special:  # the backslash first: it stands in the others' escapes
        escape = _SHORT.get(character) or f"\\u{ord(character):04x}"
        array = pc.replace_substring(array, character, escape)
    return array


def quoted(array: strings.Strings) -> strings.Strings:
    """The strings as JSON strings."""
    return pc.binary_join_element_wise('"', escaped(array), '"', "")


def quoted_text(text: str) -> str:
    """One string as a JSON string."""
    return str(quoted(strings.from_python([text]))[0].as_py())


def member(name: str, values: strings.Strings) -> strings.Strings:
    """``,"name":value`` for each value: see ``enclosed``."""
    return pc.binary_join_element_wise(f",{quoted_text(name)}:", values, "")


def element(values: strings.Strings) -> strings.Strings:
    """``,value`` for each value: see ``enclosed``."""
    return pc.binary_join_element_wise(",", values, "")


def leading_comma(offsets: Int64Array, values: strings.Strings) -> strings.Strings:
    """The values of each list (int64 offsets, n + 1 of them) side by side, a comma before every one."""
    lists = pa.ListArray.from_arrays(pa.array(offsets.astype(np.int32)), element(values))
    return pc.binary_join(lists, "")


def enclosed(opening: str, pieces: Sequence[strings.Strings], closing: str, n: int) -> strings.Strings:
    """``n`` arrays or objects. A piece holds elements or members of each, every one behind a comma."""
    if not pieces:
        return strings.plain(strings.constant(opening + closing, n))
    inner = pc.binary_join_element_wise(*pieces, "") if len(pieces) > 1 else pieces[0]
    return pc.binary_join_element_wise(opening, pc.utf8_slice_codeunits(inner, 1), closing, "")
