"""What goes between the quotes of JSON strings (RFC 8259)."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from specdsl.vectors import strings

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
