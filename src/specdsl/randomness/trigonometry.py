"""Sines, cosines and their inverses that give the same bits on every machine.

As in ``portable``: only operations that IEEE 754 defines to the bit. Angles are reduced in turns, where
reduction is exact, and not in radians. Sources: the polynomials are fdlibm's (Sun Microsystems, 1993,
freely distributable) k_sin, k_cos and s_atan.
"""

from __future__ import annotations

import numpy as np

from specdsl.vectors.vector import Float64Array

_SIN = (
    1.58969099521155010221e-10,
    -2.50507602534068634195e-08,
    2.75573137070700676789e-06,
    -1.98412698298579493134e-04,
    8.33333333332248946124e-03,
    -1.66666666666666324348e-01,
)
_COS = (
    -1.13596475577881948265e-11,
    2.08757232129817482790e-09,
    -2.75573143513906633035e-07,
    2.48015872894767294178e-05,
    -1.38888888888741095749e-03,
    4.16666666666666019037e-02,
)
_ATAN = (
    1.62858201153657823623e-02,
    -3.65315727442169155270e-02,
    4.97687799461593236017e-02,
    -5.83357013379057348645e-02,
    6.66107313738753120669e-02,
    -7.69187620504482999495e-02,
    9.09088713343650656196e-02,
    -1.11111104054623557880e-01,
    1.42857142725034663711e-01,
    -1.99999999998764832476e-01,
    3.33333333333329318027e-01,
)
_TWO_PI = 6.283185307179586
_HALF_PI = 1.5707963267948966
_TAN_PI_8 = 0.41421356237309503


def _polynomial(x: Float64Array, coefficients: tuple[float, ...]) -> Float64Array:
    out = np.full_like(x, coefficients[0])
    for c in coefficients[1:]:
        np.multiply(out, x, out=out)
        np.add(out, c, out=out)
    return out


def sin_cos_turns(turns: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Sine and cosine of angles in turns (1 is 360 degrees), any finite size; float64 of the same shape."""
    turns = np.ascontiguousarray(turns, dtype=np.float64)
    turns = turns - np.floor(turns)
    quarter = np.rint(turns * 4.0)
    x = (turns - quarter * 0.25) * _TWO_PI  # within an eighth of a turn
    z = x * x
    cube = z * x
    sine = x + cube * _polynomial(z, _SIN)
    half = z * 0.5
    cosine = (1.0 - half) + z * z * _polynomial(z, _COS)
    place = quarter.astype(np.int64) & 3
    swapped = (place & 1) == 1
    s = np.where(swapped, cosine, sine)
    c = np.where(swapped, sine, cosine)
    # adding 0 makes a negative zero a plain one
    return np.where(place >= 2, -s, s) + 0.0, np.where((place == 1) | (place == 2), -c, c) + 0.0


def sin_cos_degrees(degrees: Float64Array) -> tuple[Float64Array, Float64Array]:
    """Sine and cosine of angles in degrees."""
    return sin_cos_turns(np.asarray(degrees, dtype=np.float64) / 360.0)


def atan2(y: Float64Array, x: Float64Array) -> Float64Array:
    """The angle in radians, -pi to pi, of the point (x, y); 0 for the origin."""
    y, x = np.broadcast_arrays(np.asarray(y, dtype=np.float64), np.asarray(x, dtype=np.float64))
    small, large = np.minimum(np.abs(x), np.abs(y)), np.maximum(np.abs(x), np.abs(y))
    ratio = small / np.where(large == 0.0, 1.0, large)  # 0 .. 1
    folded = ratio > _TAN_PI_8  # atan(r) = pi/4 + atan((r - 1) / (r + 1))
    r = np.where(folded, (ratio - 1.0) / (ratio + 1.0), ratio)
    z = r * r
    angle = r - r * (z * _polynomial(z, _ATAN))
    angle = np.where(folded, angle + _HALF_PI * 0.5, angle)
    angle = np.where(np.abs(y) > np.abs(x), _HALF_PI - angle, angle)
    angle = np.where(x < 0.0, 2.0 * _HALF_PI - angle, angle)
    return np.where(y < 0.0, -angle, angle)


def asin(x: Float64Array) -> Float64Array:
    """The arc sine in radians for -1 <= x <= 1."""
    x = np.asarray(x, dtype=np.float64)
    return atan2(x, np.sqrt((1.0 - x) * (1.0 + x)))
