"""Geometry on the globe: points, distances, and their forms as text. Coordinates are degrees of latitude and
longitude (WGS 84) with six decimals in text, about a decimetre; the earth is a sphere of 6,371,008.8 m."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, floats_of, full, ints, require, stream_of, type_of
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.rounding import round_float
from specdsl.randomness.trigonometry import asin, atan2, sin_cos_degrees, sin_cos_turns
from specdsl.vectors.vector import Float64Array, Vector

_RADIUS: Final = 6_371_008.8  # metres: the mean of the earth's radii (IUGG)
_TURN: Final = 6.283185307179586
_DEGREES: Final = 360.0 / _TURN
POINT: Final = t.Struct((t.Field("latitude", t.FLOAT, False), t.Field("longitude", t.FLOAT, False)))

Types = Mapping[str, t.DataType]
Sql = Callable[[Mapping[str, str], Types], str]


# --- arguments -----------------------------------------------------------------------------


def _number(call: Invocation, name: str) -> Float64Array:
    """A number for each row, 0 where it is null."""
    values = np.array(np.broadcast_to(np.asarray(floats(call, name), dtype=np.float64), (call.n,)))
    argument = call.args[name]
    if isinstance(argument, Vector) and argument.valid is not None:
        values[~argument.valid] = 0.0
    return values


def _latitude(call: Invocation, name: str) -> Float64Array:
    values = _number(call, name)
    require(call, name, np.abs(values) <= 90.0, values, "latitudes go from -90 to 90")
    return np.clip(values, -90.0, 90.0)


def _longitude(call: Invocation, name: str) -> Float64Array:
    values = _number(call, name)
    require(call, name, np.abs(values) <= 180.0, values, "longitudes go from -180 to 180")
    return np.clip(values, -180.0, 180.0)


def _lat(name: str, doc: str) -> Parameter:
    return Parameter(name, accepts.REAL, doc, unit="degrees", minimum=-90, maximum=90)


def _lon(name: str, doc: str) -> Parameter:
    return Parameter(name, accepts.REAL, doc, unit="degrees", minimum=-180, maximum=180)


# --- points --------------------------------------------------------------------------------


def _point(call: Invocation, lat: Float64Array, lon: Float64Array) -> Vector:
    """The coordinates that are asked for, to seven decimals (a centimetre): further digits mean nothing."""
    lat = np.clip(round_float(lat * 1e7) / 1e7, -90.0, 90.0) + 0.0
    lon = np.where(lon >= 180.0, lon - 360.0, np.where(lon < -180.0, lon + 360.0, lon))
    lon = np.clip(round_float(lon * 1e7) / 1e7, -180.0, 180.0) + 0.0
    assert isinstance(call.result, t.Struct)
    made = {"latitude": Vector(t.FLOAT, lat), "longitude": Vector(t.FLOAT, lon)}
    valid = None if call.result.fields else np.ones(call.n, dtype=np.bool_)
    return Vector(call.result, tuple(made[f.name] for f in call.result.fields), valid)


def _destination(
    call: Invocation, lat: Float64Array, lon: Float64Array, turns: Float64Array, arc: Float64Array
) -> Vector:
    """The point at an angle ``arc`` (in turns) from another, in a direction (turns from north)."""
    sin_lat, cos_lat = sin_cos_degrees(lat)
    sin_arc, cos_arc = sin_cos_turns(arc)
    sin_way, cos_way = sin_cos_turns(turns)
    height = np.clip(sin_lat * cos_arc + cos_lat * sin_arc * cos_way, -1.0, 1.0)
    along = atan2(sin_way * sin_arc * cos_lat, cos_arc - sin_lat * height)
    return _point(call, asin(height) * _DEGREES, lon + along * _DEGREES)


def _move(call: Invocation) -> Vector:
    distance = _number(call, "metres") / (_RADIUS * _TURN)
    bearing = _number(call, "bearing") / 360.0
    require(call, "metres", np.isfinite(distance), distance, "it must be finite")
    require(call, "bearing", np.isfinite(bearing), bearing, "it must be finite")
    distance, bearing = np.nan_to_num(distance), np.nan_to_num(bearing)
    return _destination(call, _latitude(call, "lat"), _longitude(call, "lon"), bearing, distance)


def _point_near(call: Invocation) -> Vector:
    """Uniform on the cap: sin(arc/2) grows with the root of the share of its area."""
    lat, lon, metres = _latitude(call, "lat"), _longitude(call, "lon"), _number(call, "metres")
    most = _RADIUS * _TURN / 2
    require(call, "metres", (metres >= 0) & (metres <= most), metres, "half around the earth is the most")
    stream = stream_of(call)
    half, _ = sin_cos_turns(np.clip(metres, 0.0, most) / (_RADIUS * _TURN) / 2.0)
    arc = 2.0 * asin(np.minimum(np.sqrt(stream.uniform(1)) * half, 1.0)) / _TURN
    return _destination(call, lat, lon, stream.uniform(), arc)


def _point_in_box(call: Invocation) -> Vector:
    """Uniform by area: the sine of the latitude is uniform."""
    south, north = _latitude(call, "south"), _latitude(call, "north")
    west, east = _longitude(call, "west"), _longitude(call, "east")
    require(call, "north", north >= south, north, "it must not lie south of `south`")
    stream = stream_of(call)
    low, high = sin_cos_degrees(south)[0], sin_cos_degrees(north)[0]
    lat = asin(np.clip(low + stream.uniform() * (high - low), -1.0, 1.0)) * _DEGREES
    width = np.where(east >= west, east - west, east - west + 360.0)  # across the date line
    lon = west + stream.uniform(1) * width
    over = lon >= 180.0
    lon = np.where(east >= west, np.clip(lon, west, np.maximum(west, east)), np.where(over, lon - 360.0, lon))
    return _point(call, np.clip(lat, south, np.maximum(south, north)), lon)


# --- distances -----------------------------------------------------------------------------


def _distance_km(call: Invocation) -> Vector:
    """Haversine."""
    lat1, lat2 = _latitude(call, "lat1"), _latitude(call, "lat2")
    lon1, lon2 = _longitude(call, "lon1"), _longitude(call, "lon2")
    up, _ = sin_cos_degrees((lat2 - lat1) / 2.0)
    aside, _ = sin_cos_degrees((lon2 - lon1) / 2.0)
    chord = up * up + sin_cos_degrees(lat1)[1] * sin_cos_degrees(lat2)[1] * (aside * aside)
    arc = 2.0 * asin(np.sqrt(np.minimum(chord, 1.0)))
    return full(call, arc * (_RADIUS / 1000.0))


def _distance_sql(args: Mapping[str, str], _: Types) -> str:
    lat1, lon1, lat2, lon2 = (f"CAST({args[n]} AS DOUBLE)" for n in ("lat1", "lon1", "lat2", "lon2"))
    up, aside = f"sin(radians(({lat2} - {lat1}) / 2))", f"sin(radians(({lon2} - {lon1}) / 2))"
    chord = f"({up} * {up} + cos(radians({lat1})) * cos(radians({lat2})) * ({aside} * {aside}))"
    root = f"sqrt(CASE WHEN {chord} > 1 THEN 1.0::DOUBLE ELSE {chord} END)"
    return f"(2 * asin({root}) * {_RADIUS / 1000.0!r}::DOUBLE)"


# --- text ----------------------------------------------------------------------------------

_BASE32: Final = b"0123456789bcdefghjkmnpqrstuvwxyz"


def _geohash(call: Invocation) -> Vector:
    """Bits of longitude and latitude in turn, five a letter (Niemeyer, 2008)."""
    from specdsl.vectors import text

    precision = ints(call, "precision")
    assert isinstance(precision, int)
    bits = precision * 5
    east, north = (bits + 1) // 2, bits // 2

    def cell(values: Float64Array, half: float, count: int) -> Any:
        place = np.floor((values + half) / (2.0 * half) * 2.0**count).astype(np.int64)
        return np.clip(place, 0, (1 << count) - 1)

    lon = cell(_longitude(call, "lon"), 180.0, east)
    lat = cell(_latitude(call, "lat"), 90.0, north)
    letters = np.zeros((call.n, precision), dtype=np.int64)
    for bit in range(bits):
        source, count = (lon, east) if bit % 2 == 0 else (lat, north)
        letters[:, bit // 5] = letters[:, bit // 5] * 2 + ((source >> (count - 1 - bit // 2)) & 1)
    return Vector(t.STRING, text.from_matrix(np.frombuffer(_BASE32, dtype=np.uint8)[letters]))


def _coordinates(call: Invocation) -> list[tuple[Float64Array, Float64Array]]:
    """The points of a shape: `lat` and `lon`, or ``coordinates``: latitude, longitude, latitude, ..."""
    names = _in_order(call.args)
    values = []
    for place, name in enumerate(names):
        argument = call.args[name]
        assert argument is not None
        column = np.broadcast_to(np.asarray(floats_of(argument, type_of(call, name))), (call.n,))
        if isinstance(argument, Vector) and argument.valid is not None:
            column = np.where(argument.valid, column, 0.0)
        limit, what = (90.0, "a latitude goes") if place % 2 == 0 else (180.0, "a longitude goes")
        if not (np.abs(column) <= limit).all():
            raise FunctionProblem(f"{what} from {-limit:g} to {limit:g}", "write latitude, longitude in turn")
        values.append(column)
    return list(zip(values[::2], values[1::2], strict=False))


def _in_order(args: Mapping[str, Any]) -> list[str]:
    """The names of the arguments of a shape, latitude and longitude in turn."""
    if "lat" in args:
        return ["lat", "lon"]
    return sorted((n for n in args if n.startswith("coordinates")), key=lambda n: int(n[11:] or 0))


def _decimal(values: Float64Array) -> list[Any]:
    """Degrees with six decimals."""
    from specdsl.vectors import text

    return list(text.decimals(round_float(values * 1e6).astype(np.int64), 6))


def _decimal_sql(x: str) -> str:
    micro = f"CAST(round(CAST({x} AS DOUBLE) * 1000000.0::DOUBLE) AS BIGINT)"
    whole, rest = f"abs({micro}) // 1000000", f"abs({micro}) % 1000000"
    return (
        f"(CASE WHEN {micro} < 0 THEN '-' ELSE '' END || CAST({whole} AS VARCHAR) || '.' "
        f"|| lpad(CAST({rest} AS VARCHAR), 6, '0'))"
    )


@dataclass(frozen=True, slots=True)
class _Form:
    """How a shape is written: what goes before, between the two numbers of a point, between points, and
    after; how many points there have to be; whether the first one comes again at the end."""

    before: str
    inside: str
    between: str
    after: str
    least: int
    most: int
    ring: bool

    def check(self, numbers: int) -> None:
        """Raises FunctionProblem for another number of coordinates."""
        if numbers % 2 or not self.least <= numbers // 2 <= self.most:
            raise FunctionProblem(
                f"it takes {self.least} points or more, each a latitude and a longitude, and there are "
                f"{numbers} numbers",
                "write latitude, longitude, latitude, longitude and so on",
            )

    def text(
        self, points: list[Any], number: Callable[[Any], list[Any]], literal: Callable[[str], Any]
    ) -> list[Any]:
        """The pieces of the text, longitude first as both forms have it; a ring ends where it begins."""
        pieces = [literal(self.before)]
        for place, (lat, lon) in enumerate([*points, points[0]] if self.ring else points):
            if place:
                pieces.append(literal(self.between))
            pieces += [*number(lon), literal(self.inside), *number(lat)]
        return [*pieces, literal(self.after)]


_FORMS: Final = {
    "geojson_point": _Form('{"type":"Point","coordinates":[', ",", "", "]}", 1, 1, False),
    "geojson_line": _Form('{"type":"LineString","coordinates":[[', ",", "],[", "]]}", 2, 1000, False),
    "geojson_polygon": _Form('{"type":"Polygon","coordinates":[[[', ",", "],[", "]]]}", 3, 1000, True),
    "wkt_point": _Form("POINT (", " ", "", ")", 1, 1, False),
    "wkt_line": _Form("LINESTRING (", " ", ", ", ")", 2, 1000, False),
    "wkt_polygon": _Form("POLYGON ((", " ", ", ", "))", 3, 1000, True),
}


def _shape(
    name: str, summary: str, doc: str, result: t.DataType, example: Example, aliases: tuple[str, ...]
) -> Function:
    form = _FORMS[name]

    def kernel(call: Invocation) -> Vector:
        from specdsl.vectors import text

        form.check(len(_in_order(call.args)))
        pieces = form.text(_coordinates(call), _decimal, str.encode)
        return Vector(result, text.join(pieces, call.n))

    def sql(args: Mapping[str, str], _: Types) -> str:
        names = _in_order(args)
        form.check(len(names))
        points = [(args[a], args[b]) for a, b in zip(names[::2], names[1::2], strict=True)]
        return "(" + " || ".join(form.text(points, lambda x: [_decimal_sql(x)], lambda s: f"'{s}'")) + ")"

    return Function(
        name=name,
        family="geometry",
        summary=summary,
        doc=doc,
        result=result,
        kernel=kernel,
        parameters=(_lat("lat", "The latitude."), _lon("lon", "The longitude."))
        if form.most == 1
        else (
            Parameter(
                "coordinates",
                accepts.REAL,
                "Latitude and longitude, latitude and longitude, and so on.",
                unit="degrees",
                minimum=-180,
                maximum=180,
                variadic=True,
            ),
        ),
        examples=(example,),
        sql=sql,
        aliases=aliases,
    )


_PAIR: Final = "It has the fields `latitude` and `longitude`: `(latitude, longitude) = "

FUNCTIONS: Final = (
    Function(
        name="point_near",
        family="geometry",
        summary="A point within `metres` around another, all places equally likely.",
        doc=f"Equally likely by area. {_PAIR}point_near(52.52, 13.405, 5_000)`. Longitudes go from -180 to "
        f"180.",
        result=POINT,
        kernel=_point_near,
        parameters=(
            _lat("lat", "The latitude of the centre."),
            _lon("lon", "The longitude of the centre."),
            Parameter("metres", accepts.REAL, "The radius.", unit="metres", minimum=0),
        ),
        examples=(Example("point_near(52.52, 13.405, 5_000).latitude", "float", "around Berlin"),),
        draws=True,
        aliases=("point_in_circle", "random_point", "point_around"),
    ),
    Function(
        name="point_in_box",
        family="geometry",
        summary="A point between two latitudes and two longitudes, all places equally likely.",
        doc=f"Equally likely by area, so fewer near the poles. {_PAIR}point_in_box(47.3, 5.9, 55.1, "
        f"15.0)`. Where "
        "`west` is greater than `east` the box crosses the date line.",
        result=POINT,
        kernel=_point_in_box,
        parameters=(
            _lat("south", "The smallest latitude."),
            _lon("west", "The longitude at the left."),
            _lat("north", "The largest latitude."),
            _lon("east", "The longitude at the right."),
        ),
        examples=(Example("point_in_box(47.3, 5.9, 55.1, 15.0).latitude", "float", "in or near Germany"),),
        draws=True,
        aliases=("bounding_box", "bbox"),
    ),
    Function(
        name="move",
        family="geometry",
        summary="The point that lies `metres` away in the direction `bearing`.",
        doc=f"Along a great circle. {_PAIR}move(lat, lon, 90, 1_000)` goes a kilometre to the east.",
        result=POINT,
        kernel=_move,
        parameters=(
            _lat("lat", "Where from."),
            _lon("lon", "Where from."),
            Parameter("bearing", accepts.REAL, "0 is north, 90 east.", unit="degrees"),
            Parameter("metres", accepts.REAL, "How far; negative goes back.", unit="metres"),
        ),
        examples=(Example("move(0, 0, 90, 111_195).longitude", "float", "0.9999993"),),
        aliases=("destination", "offset_point"),
    ),
    Function(
        name="distance_km",
        family="geometry",
        summary="The distance between two points along the globe, in kilometres.",
        doc="By the haversine formula on a sphere of 6,371.0088 km: within 0.6 % of the true earth.",
        result=t.FLOAT,
        kernel=_distance_km,
        parameters=(
            _lat("lat1", "The first point's latitude."),
            _lon("lon1", "The first point's longitude."),
            _lat("lat2", "The second point's latitude."),
            _lon("lon2", "The second point's longitude."),
        ),
        examples=(Example("distance_km(0, 0, 0, 0)", "float", "0.0"),),
        sql=_distance_sql,
        aliases=("haversine", "geo_distance"),
    ),
    Function(
        name="geohash",
        family="geometry",
        summary="The geohash of a point: letters and digits that name a cell around it.",
        doc="Nine characters are about five metres. It has no SQL form.",
        result=t.STRING,
        kernel=_geohash,
        parameters=(
            _lat("lat", "The latitude."),
            _lon("lon", "The longitude."),
            Parameter(
                "precision",
                accepts.INTEGER,
                "How many characters.",
                default=9,
                constant=True,
                minimum=1,
                maximum=12,
            ),
        ),
        examples=(Example("geohash(57.64911, 10.40744, 11)", "string", "u4pruydqqvj"),),
    ),
    _shape(
        "geojson_point",
        "A point as GeoJSON (RFC 7946).",
        "The longitude comes first in the text, as GeoJSON has it.",
        t.Json(),
        Example(
            "geojson_point(52.52, 13.405)", "json", '{"type":"Point","coordinates":[13.405000,52.520000]}'
        ),
        ("geojson",),
    ),
    _shape(
        "geojson_line",
        "A line through points as GeoJSON.",
        "Two points or more; the longitude comes first in the text.",
        t.Json(),
        Example(
            "geojson_line(0, 0, 1.5, 2)",
            "json",
            '{"type":"LineString","coordinates":[[0.000000,0.000000],[2.000000,1.500000]]}',
        ),
        ("linestring",),
    ),
    _shape(
        "geojson_polygon",
        "An area between points as GeoJSON.",
        "Three points or more, counter-clockwise; the ring is closed by itself. A box is its four corners.",
        t.Json(),
        Example(
            "geojson_polygon(0, 0, 0, 1, 1, 1)",
            "json",
            '{"type":"Polygon","coordinates":[[[0.000000,0.000000],[1.000000,0.000000],[1.000000,1.000000],'
            "[0.000000,0.000000]]]}",
        ),
        ("geojson_box",),
    ),
    _shape(
        "wkt_point",
        "A point as well-known text.",
        "The longitude comes first.",
        t.STRING,
        Example("wkt_point(52.52, 13.405)", "string", "POINT (13.405000 52.520000)"),
        ("wkt",),
    ),
    _shape(
        "wkt_line",
        "A line through points as well-known text.",
        "Two points or more; the longitude comes first.",
        t.STRING,
        Example("wkt_line(0, 0, 1.5, 2)", "string", "LINESTRING (0.000000 0.000000, 2.000000 1.500000)"),
        (),
    ),
    _shape(
        "wkt_polygon",
        "An area between points as well-known text.",
        "Three points or more, counter-clockwise; the ring is closed by itself.",
        t.STRING,
        Example(
            "wkt_polygon(0, 0, 0, 1, 1, 1)",
            "string",
            "POLYGON ((0.000000 0.000000, 1.000000 0.000000, 1.000000 1.000000, 0.000000 0.000000))",
        ),
        (),
    ),
)
