"""Where plugins show: pages of functions, verification, the manifest, resumed builds."""

from __future__ import annotations

import json

from tests.cli.running import run

BODY = '''
@function(examples=["points(50, visits: 3)"])
def points(spent: float, visits: int = 1) -> float:
    """Points for money and visits.

    Never more than 100.
    """
    return np.minimum(100.0, spent / 10 + visits)
'''


def test_pages(plugin):
    own = plugin(BODY)
    page = run("functions", "points", "--plugin", own).out
    assert page.startswith("points(spent: number, visits: int = 1) -> float\n")
    assert "Never more than 100." in page
    assert "-> 8.0" in page
    assert "  points " in run("functions", "money", "--plugin", own).out
    (found,) = json.loads(run("functions", "points", "--plugin", own, "--json").out)
    assert found["family"] == "plugin own"
    assert "Points for money" not in run("functions", "points").out


def test_build_verify_and_manifest(plugin, spec, tmp_path):
    own, out = plugin(BODY), tmp_path / "out"
    path = spec(
        "  spent float = gamma(2, 100)\n  p float = points(spent)\n  check few: p <= 100\n  check c: points(spent) <= 100"
    )
    ran = run("build", str(path), "--plugin", own, "-o", str(out))
    assert ran.status == 0, ran.err
    manifest = json.loads((out / "manifest.json").read_text())
    assert list(manifest["dataset"]["plugins"]) == ["own"]
    assert manifest["dataset"]["plugins"]["own"].startswith("blake2b:")
    assert run("verify", str(path), str(out), "--plugin", own).status == 0
    assert run("verify", str(path), str(out)).status == 1, "the spec cannot be understood without"


def test_the_hash_of_a_spec_knows_the_plugin(plugin, spec, tmp_path):
    path = spec("  p float = points(id)")
    origins = []
    for i, body in enumerate((BODY, BODY, BODY.replace("100.0", "99.0"))):
        own, out = plugin(body), tmp_path / f"out{i}"
        assert run("build", str(path), "--plugin", own, "-o", str(out), "-q").status == 0
        origins.append(json.loads((out / "manifest.json").read_text())["dataset"]["spec"])
    assert origins[0] == origins[1] != origins[2]
