"""Geometry on the globe, and the trigonometry under it."""

from __future__ import annotations

import json
import math

import numpy as np
import pytest

import specdsl
from specdsl.functions.problems import FunctionProblem
from specdsl.randomness.trigonometry import asin, atan2, sin_cos_degrees, sin_cos_turns
from specdsl.vectors.vector import Vector
from tests.functions.calling import floats, invoke, numbers, values

RANDOM = np.random.default_rng(11)


def test_trigonometry_is_accurate():
    turns = RANDOM.uniform(-2, 2, 50_000)
    s, c = sin_cos_turns(turns)
    inside = (turns - np.floor(turns)) * 2 * np.pi
    assert np.abs(s - np.sin(inside)).max() < 2e-15
    assert np.abs(c - np.cos(inside)).max() < 2e-15
    x, y = RANDOM.normal(size=(2, 50_000))
    assert np.abs(atan2(y, x) - np.arctan2(y, x)).max() < 2e-15
    assert np.abs(asin(s) - np.arcsin(s)).max() < 3e-8  # ill-conditioned next to 1
    assert np.abs(asin(s * 0.9) - np.arcsin(s * 0.9)).max() < 2e-15


def test_right_angles_are_exact():
    s, c = sin_cos_degrees(np.array([0.0, 90.0, 180.0, 270.0, 360.0, -90.0]))
    assert s.tolist() == [0, 1, 0, -1, 0, -1]
    assert c.tolist() == [1, 0, -1, 0, 1, 0]
    assert atan2(np.array([0.0, 1.0, 0.0, -1.0]), np.array([1.0, 0.0, -1.0, 0.0])).tolist() == [
        0, math.pi / 2, math.pi, -math.pi / 2,
    ]  # fmt: skip


def _pair(vector: Vector) -> tuple[np.ndarray, np.ndarray]:
    lat, lon = vector.data
    return lat.data, lon.data


@pytest.mark.parametrize(
    ("lat", "lon"), [(52.5, 13.4), (89.99, 0.0), (-90.0, 12.0), (0.0, 179.999), (-33.9, -180.0)]
)
def test_points_near(lat, lon):
    made_lat, made_lon = _pair(invoke("point_near", rows=20_000, lat=lat, lon=lon, metres=5000.0))
    assert (np.abs(made_lat) <= 90).all()
    assert (np.abs(made_lon) <= 180).all()
    km = numbers("distance_km", rows=20_000, lat1=lat, lon1=lon, lat2=floats(made_lat), lon2=floats(made_lon))
    assert km.max() < 5.0001
    assert km.max() > 4.99
    assert abs((km < 5 / math.sqrt(2)).mean() - 0.5) < 0.015, "equally likely by area"


def test_points_near_cover_the_whole_globe():
    lat, _ = _pair(invoke("point_near", rows=20_000, lat=0.0, lon=0.0, metres=20_015_000.0))
    assert abs((np.abs(lat) < 30).mean() - 0.5) < 0.015


def test_points_in_a_box():
    lat, lon = _pair(invoke("point_in_box", rows=20_000, south=-30.0, west=170.0, north=90.0, east=-170.0))
    assert lat.min() >= -30
    assert lat.max() <= 90
    assert (np.abs(lon) >= 170).all()
    assert abs((lat < math.degrees(math.asin(0.25))).mean() - 0.5) < 0.015
    assert abs((lon > 0).mean() - 0.5) < 0.015
    with pytest.raises(FunctionProblem, match="south"):
        invoke("point_in_box", rows=1, south=10.0, west=0.0, north=5.0, east=1.0)


@pytest.mark.parametrize("bearing", [0.0, 45.0, 90.0, 200.0, -30.0])
def test_moving_goes_as_far_as_said(bearing):
    lat, lon = RANDOM.uniform(-85, 85, 500), RANDOM.uniform(-180, 180, 500)
    there = _pair(
        invoke("move", rows=500, lat=floats(lat), lon=floats(lon), bearing=bearing, metres=250_000.0)
    )
    km = numbers(
        "distance_km",
        rows=500,
        lat1=floats(lat),
        lon1=floats(lon),
        lat2=floats(there[0]),
        lon2=floats(there[1]),
    )
    assert np.abs(km - 250).max() < 1e-4


def test_distances():
    quarter = 6371.0088 * math.pi / 2
    made = numbers(
        "distance_km", rows=3, lat1=0.0, lon1=0.0, lat2=floats([90, 0, 0]), lon2=floats([0, 90, 180])
    )
    assert made.tolist() == pytest.approx([quarter, quarter, 2 * quarter])
    berlin_paris = values(invoke("distance_km", rows=1, lat1=52.52, lon1=13.405, lat2=48.8566, lon2=2.3522))
    assert berlin_paris == [pytest.approx(877.5, abs=1)]


@pytest.mark.parametrize(
    ("lat", "lon", "precision", "hash"),
    [
        (57.64911, 10.40744, 11, "u4pruydqqvj"),
        (42.6, -5.6, 5, "ezs42"),
        (90.0, 180.0, 3, "zzz"),
        (-90.0, -180.0, 3, "000"),
    ],
)
def test_geohash(lat, lon, precision, hash):
    assert values(invoke("geohash", rows=1, lat=lat, lon=lon, precision=precision)) == [hash]


def test_geojson_is_json_and_its_rings_are_closed():
    made = values(
        invoke(
            "geojson_polygon",
            rows=1,
            **{f"coordinates{i}": float(v) for i, v in enumerate((0, 0, 0, 1.5, -1, 1))},
        )
    )
    assert json.loads(made[0]) == {"type": "Polygon", "coordinates": [[[0, 0], [1.5, 0], [1, -1], [0, 0]]]}
    line = values(
        invoke(
            "wkt_line", rows=1, coordinates0=-0.0000001, coordinates1=2.0, coordinates2=1.0, coordinates3=-3.5
        )
    )
    assert line == ["LINESTRING (2.000000 0.000000, -3.500000 1.000000)"]


@pytest.mark.parametrize(
    ("name", "coordinates", "message"),
    [
        ("geojson_line", (0, 0), "2 points or more"),
        ("wkt_polygon", (0, 0, 1, 1, 2), "3 points or more"),
        ("geojson_line", (0, 0, 91, 0), "latitude goes from -90 to 90"),
    ],
)
def test_shapes_that_are_none(name, coordinates, message):
    with pytest.raises(FunctionProblem, match=message):
        invoke(name, rows=1, **{f"coordinates{i}": float(v) for i, v in enumerate(coordinates)})


def test_points_as_columns():
    made = specdsl.load(
        "table t 20 {\n  id int key\n  (latitude, longitude) = point_near(52.52, 13.405, 5_000)\n"
        "  (latitude as lat2, longitude as lon2) = move(latitude, longitude, 90, 1_000)\n"
        "  km float = distance_km(latitude, longitude, lat2, lon2)\n}\n"
    )["t"].to_arrow()
    assert made.column("km").to_pylist() == [pytest.approx(1, abs=1e-4)] * 20
