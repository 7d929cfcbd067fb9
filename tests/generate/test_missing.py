"""Values that are missing: for no reason, under a condition, by what they are, and in stretches."""

from itertools import groupby

import numpy as np
import pytest

from tests.generate.making import made

SPEC = """
dataset d { seed SEED }
table sensors 40 { id int key }
table readings over at = 2024-03-01T00:00:00Z .. 2024-03-07T23:45:00Z by 15m {
  sensor_id -> sensors each
  truth float hidden = normal(mean: 20, sd: 5)
  free  float? 5% null = truth
  night float? null 40% when hour(at) < 6 else 2% = truth
  own   float? in 0.0.. null 90% when own > 28 or own < 5 else 1% = normal(mean: 20, sd: 5)
  down  bool hidden = chance(if previous(down, false) then 0.9 else 0.01)
  burst float? null 100% when down = truth
}
"""


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_missing(seed: int) -> None:
    rows = made(SPEC.replace("SEED", str(seed)), "readings", batch_rows=5_000)
    n = len(rows["at"])
    is_null = {name: np.array([v is None for v in rows[name]]) for name in ("free", "night", "own", "burst")}
    assert abs(is_null["free"].mean() - 0.05) < 4 * (0.05 * 0.95 / n) ** 0.5
    dark = np.array([at.hour < 6 for at in rows["at"]])
    assert abs(is_null["night"][dark].mean() - 0.4) < 0.02
    assert abs(is_null["night"][~dark].mean() - 0.02) < 0.005

    value = np.array(rows["own: value"])
    assert value.min() >= 0
    hidden = (value > 28) | (value < 5)
    assert hidden.sum() > 500
    assert abs(is_null["own"][hidden].mean() - 0.9) < 0.05
    assert abs(is_null["own"][~hidden].mean() - 0.01) < 0.005
    seen = [v for v in rows["own"] if v is not None]
    assert seen == [v for v, gone in zip(value.tolist(), is_null["own"], strict=True) if not gone]

    pairs = zip(rows["sensor_id"], rows["burst"], strict=True)
    runs = [len(list(g)) for key, g in groupby(pairs, lambda p: (p[0], p[1] is None)) if key[1]]
    assert abs(np.mean(runs) - 10) < 2  # 1 / (1 - 0.9)
    assert abs(is_null["burst"].mean() - 0.01 / 0.11) < 0.03


def test_batches_make_no_difference() -> None:
    text = SPEC.replace("SEED", "4").replace("sensors 40", "sensors 3")
    assert made(text, "readings", batch_rows=101) == made(text, "readings", batch_rows=5_000)
