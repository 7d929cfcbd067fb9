"""Functions of one's own for specs: a Python module of decorated functions, named with ``--plugin``.

>>> import numpy as np
>>> from specdsl.plugins import Draw, function
>>> @function
... def loyalty(spent: float, visits: int = 1) -> float:
...     "Points for money and visits."
...     return np.minimum(100.0, spent / 10 + visits)
>>> import specdsl
>>> spec = "table users 2 { id int key, points float = loyalty(50, visits: id) }"
>>> specdsl.load(spec, plugins=[loyalty])["users"].to_arrow()["points"].to_pylist()
[6.0, 7.0]
"""

from __future__ import annotations

from specdsl.plugins.declaring import function
from specdsl.plugins.draw import Draw

__all__ = ["Draw", "function"]
