"""Elementary functions that give the same bits on every machine.

The functions of the C library differ from machine to machine in the last digits, and a digit is enough
to change a written file. These use only operations that IEEE 754 defines to the bit (``+ - * /``, square
root, rounding to integer, exact scaling by powers of two), each as its own numpy call, so that no compiler
can fuse two of them. Arrays are float64; errors are within a few units in the last place.

Sources: log, exp and pow after fdlibm (Sun Microsystems, 1993, freely distributable); ndtri is
algorithm AS 241 (Wichura, Applied Statistics 37, 1988); erf and erfc after Cephes (Moshier).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np

from specdsl.vectors.vector import Float64Array, Int64Array

_BLOCK = 8192

_LN2_HIGH = 6.93147180369123816490e-01
_LN2_LOW = 1.90821492927058770002e-10
_LOG = (
    1.479819860511658591e-01,
    1.531383769920937332e-01,
    1.818357216161805012e-01,
    2.222219843214978396e-01,
    2.857142874366239149e-01,
    3.999999999940941908e-01,
    6.666666666666735130e-01,
)
_SQRT_HALF_BITS = np.int64(0x3FE6A09E667F3BCD)
_SMALLEST_NORMAL = 2.0**-1022
_EXPONENT = np.int64(52)


def _horner(x: Float64Array, coefficients: Sequence[float], out: Float64Array) -> Float64Array:
    """The polynomial with ``coefficients``, highest power first, at ``x``."""
    np.multiply(x, coefficients[0], out=out)
    for c in coefficients[1:-1]:
        np.add(out, c, out=out)
        np.multiply(out, x, out=out)
    np.add(out, coefficients[-1], out=out)
    return out


def log(x: Float64Array) -> Float64Array:
    """The natural logarithm: -inf at 0, nan below."""
    x = np.ascontiguousarray(x, dtype=np.float64)
    if x.size and (not x.min() >= _SMALLEST_NORMAL or not x.max() < np.inf):
        return _special(x, (x >= _SMALLEST_NORMAL) & (x < np.inf), log, _log_of_special)
    out = np.empty_like(x)
    size = min(_BLOCK, x.size)
    scratch = [np.empty(size) for _ in range(4)]
    exponents = np.empty(size, dtype=np.int64)
    shifted = np.empty(size, dtype=np.int64)
    for start in range(0, x.size, _BLOCK):
        part = out[start : start + _BLOCK]
        n = part.size
        k, e = exponents[:n], shifted[:n]
        f, s, z, r = (a[:n] for a in scratch)
        bits = x[start : start + _BLOCK].view(np.int64)
        np.subtract(bits, _SQRT_HALF_BITS, out=k)
        np.right_shift(k, _EXPONENT, out=k)
        np.left_shift(k, _EXPONENT, out=e)
        np.subtract(bits, e, out=f.view(np.int64))  # the mantissa, in [sqrt(1/2), sqrt(2))
        np.subtract(f, 1.0, out=f)
        np.add(f, 2.0, out=s)
        np.divide(f, s, out=s)
        np.multiply(s, s, out=z)
        _horner(z, _LOG, r)
        np.multiply(r, z, out=r)
        np.multiply(f, f, out=z)
        np.multiply(z, 0.5, out=z)
        np.add(r, z, out=r)
        np.multiply(r, s, out=r)
        np.copyto(s, k)
        np.multiply(s, _LN2_LOW, out=part)
        np.add(r, part, out=r)
        np.subtract(z, r, out=z)
        np.subtract(z, f, out=z)
        np.multiply(s, _LN2_HIGH, out=s)
        np.subtract(s, z, out=part)
    return out


def _log_of_special(x: Float64Array) -> Float64Array:
    out = np.where(x == 0, -np.inf, np.where(x > 0, np.inf, np.nan))
    subnormal = (x > 0) & (x < _SMALLEST_NORMAL)
    if subnormal.any():
        out[subnormal] = log(x[subnormal] * 2.0**54) - 54 * 0.6931471805599453
    return out


def _special(
    x: Float64Array,
    usual: np.ndarray[tuple[int, ...], np.dtype[np.bool_]],
    function: Callable[[Float64Array], Float64Array],
    otherwise: Callable[[Float64Array], Float64Array],
) -> Float64Array:
    out = np.empty_like(x)
    out[usual] = function(x[usual])
    out[~usual] = otherwise(x[~usual])
    return out


_EXP = (
    4.13813679705723846039e-08,
    -1.65339022054652515390e-06,
    6.61375632143793436117e-05,
    -2.77777777770155933842e-03,
    1.66666666666666019037e-01,
)
_EXP_HIGH = 709.782712893384
_EXP_LOW = -745.1332191019411


def exp(x: Float64Array) -> Float64Array:
    """e to the power ``x``; inf where it is too large, 0 where it is too small."""
    return _exp_of_sum(np.ascontiguousarray(x, dtype=np.float64), None)


def _exp_of_sum(x: Float64Array, low: Float64Array | None) -> Float64Array:
    """exp(x + low) for a ``low`` that is tiny beside ``x``."""
    out = np.empty_like(x)
    size = min(_BLOCK, x.size)
    scratch = [np.empty(size) for _ in range(4)]
    for start in range(0, x.size, _BLOCK):
        part = out[start : start + _BLOCK]
        n = part.size
        k, high, tail, c = (a[:n] for a in scratch)
        v = x[start : start + _BLOCK]
        v = np.clip(v, -800.0, 800.0) if not (np.abs(v) < 700.0).all() else v
        np.multiply(v, 1.4426950408889634, out=k)
        np.rint(k, out=k)
        np.multiply(k, _LN2_HIGH, out=high)
        np.subtract(v, high, out=high)
        np.multiply(k, _LN2_LOW, out=tail)
        if low is not None:
            np.subtract(tail, low[start : start + _BLOCK], out=tail)
        r = part
        np.subtract(high, tail, out=r)
        t = np.multiply(r, r)
        _horner(t, _EXP, c)
        np.multiply(c, t, out=c)
        np.subtract(r, c, out=c)
        np.subtract(2.0, c, out=t)
        np.multiply(r, c, out=r)
        np.divide(r, t, out=r)
        np.subtract(tail, r, out=r)
        np.subtract(r, high, out=r)
        np.subtract(1.0, r, out=r)
        _scale(r, k)
    return out


def _scale(x: Float64Array, k: Float64Array) -> None:
    """``x`` times 2**k in place; k is integral and within +-1200."""
    with np.errstate(invalid="ignore"):
        power = k.astype(np.int64)
    if not x.size or (np.abs(k) < 1000).all():
        power += 1023
        power <<= _EXPONENT
        x *= power.view(np.float64)
        return
    with np.errstate(over="ignore", under="ignore"):
        x[:] = np.ldexp(x, np.clip(power, -1200, 1200).astype(np.int32))


_FACTORIALS = tuple(
    1.0 / f for f in (87178291200, 6227020800, 479001600, 39916800, 3628800, 362880, 40320)
) + tuple(1.0 / f for f in (5040, 720, 120, 24, 6, 2, 1))


def expm1(x: Float64Array) -> Float64Array:
    """exp(x) - 1 without cancellation near 0."""
    x = np.ascontiguousarray(x, dtype=np.float64)
    near = np.abs(x) < 0.3
    safe = np.where(near, x, 0.0)
    return np.where(near, safe * _horner(safe, _FACTORIALS, np.empty_like(x)), exp(x) - 1.0)


def log1p(x: Float64Array) -> Float64Array:
    """log(1 + x) without cancellation near 0 (Kahan's correction by the rounding of 1 + x)."""
    x = np.ascontiguousarray(x, dtype=np.float64)
    u = 1.0 + x
    d = u - 1.0
    with np.errstate(divide="ignore", invalid="ignore"):
        return np.where(d == 0.0, x, log(u) * (x / np.where(d == 0.0, 1.0, d)))


_L = (
    2.06975017800338417784e-01,
    2.30660745775561754067e-01,
    2.72728123808534006489e-01,
    3.33333329818377432918e-01,
    4.28571428578550184252e-01,
    5.99999999999994648725e-01,
)
_CP, _CP_HIGH, _CP_LOW = 9.61796693925975554329e-01, 9.61796700954437255859e-01, -7.02846165095275826516e-09
_DP_HIGH, _DP_LOW = 5.84962487220764160156e-01, 1.35003920212974897128e-08
_HIGH_WORD = np.int64(-(1 << 32))


def _upper(x: Float64Array) -> Float64Array:
    """``x`` without its lower 32 bits, so that products of two such values are exact."""
    out: Float64Array = (x.view(np.int64) & _HIGH_WORD).view(np.float64)
    return out


def _log2_pair(x: Float64Array) -> tuple[Float64Array, Float64Array]:
    """log2 of positive normal ``x`` as a sum of two, good to about 2**-68 relative."""
    bits = x.view(np.int64)
    k = (bits >> _EXPONENT) - 1023
    fraction = bits & np.int64(0x000FFFFFFFFFFFFF)
    high = fraction >> np.int64(32)
    three_halves = (high > 0x3988E) & (high < 0xBB67A)
    above = high >= 0xBB67A
    k = k + above
    ax: Float64Array = (
        fraction | np.where(above, np.int64(0x3FE) << _EXPONENT, np.int64(0x3FF) << _EXPONENT)
    ).view(np.float64)
    bp = np.where(three_halves, 1.5, 1.0)
    u = ax - bp
    v = 1.0 / (ax + bp)
    s = u * v
    s_high = _upper(s)
    t_high = _upper(ax + bp)
    t_low = ax - (t_high - bp)
    s_low = v * ((u - s_high * t_high) - s_high * t_low)
    s2 = s * s
    r = s2 * s2 * _horner(s2, _L, np.empty_like(s2))
    r += s_low * (s_high + s)
    s2 = s_high * s_high
    t_high = _upper(3.0 + s2 + r)
    t_low = r - ((t_high - 3.0) - s2)
    u = s_high * t_high
    v = s_low * t_high + t_low * s
    p_high = _upper(u + v)
    p_low = v - (p_high - u)
    z_high = _CP_HIGH * p_high
    z_low = _CP_LOW * p_high + p_low * _CP + np.where(three_halves, _DP_LOW, 0.0)
    t = k.astype(np.float64)
    dp = np.where(three_halves, _DP_HIGH, 0.0)
    t1 = _upper(((z_high + z_low) + dp) + t)
    t2 = z_low - (((t1 - t) - dp) - z_high)
    return t1, t2


_LG2, _LG2_HIGH, _LG2_LOW = (
    6.93147180559945286227e-01,
    6.93147182464599609375e-01,
    -1.90465429995776804525e-09,
)


def power(x: Float64Array, y: Float64Array | float) -> Float64Array:
    """``x`` to the power ``y`` for ``x`` >= 0 (0 gives 0, 1 or inf), and for negative ``x`` with an
    integral ``y``; nan otherwise."""
    x, y = np.broadcast_arrays(np.asarray(x, dtype=np.float64), np.asarray(y, dtype=np.float64))
    x, y = np.ascontiguousarray(x), np.ascontiguousarray(y)
    size = np.abs(x)
    usual = (size >= _SMALLEST_NORMAL) & (size < np.inf) & (np.abs(y) < 2.0**31)
    if not usual.all():
        out = np.empty_like(x)
        out[usual] = power(x[usual], y[usual])
        out[~usual] = _power_of_special(x[~usual], y[~usual])
        return out
    if not x.size:
        return np.empty_like(x)
    t1, t2 = _log2_pair(size)
    y1 = _upper(y)
    p_low = (y - y1) * t1 + y * t2
    p_high = y1 * t1
    z = p_low + p_high
    with np.errstate(over="ignore", under="ignore", invalid="ignore"):
        n = np.rint(z)
        finite = np.abs(z) < 1100.0
        n = np.where(finite, n, np.where(z > 0, 1199.0, -1199.0))
        p_high = np.where(finite, p_high, 0.0) - np.where(finite, n, 0.0)
        p_low = np.where(finite, p_low, 0.0)
        t = _upper(p_low + p_high)
        u = t * _LG2_HIGH
        v = (p_low - (t - p_high)) * _LG2 + t * _LG2_LOW
        z = u + v
        w = v - (z - u)
        t = z * z
        t1 = z - t * _horner(t, _EXP, np.empty_like(t))
        r = (z * t1) / (t1 - 2.0) - (w + z * w)
        out = 1.0 - (r - z)
        _scale(out, n)
    negative = x < 0
    if negative.any():
        odd = np.mod(y, 2.0) == 1.0
        out = np.where(negative & odd, -out, out)
        out = np.where(negative & (np.rint(y) != y), np.nan, out)
    return out


def _power_of_special(x: Float64Array, y: Float64Array) -> Float64Array:
    """Zeros, subnormals, infinities and enormous exponents: by the rules of C's pow, which are exact there
    but for subnormals."""
    out = np.empty_like(x)
    subnormal = (np.abs(x) > 0) & (np.abs(x) < _SMALLEST_NORMAL) & (np.abs(y) < 2.0**31)
    if subnormal.any():
        # 2**52 x is normal; pow(x, y) = pow(2**52 x, y) / 2**(52 y), once for each sign of the exponent
        lifted = power(x[subnormal] * 2.0**52, y[subnormal])
        with np.errstate(over="ignore", under="ignore"):
            out[subnormal] = lifted * power(np.full(lifted.shape, 2.0), -52.0 * y[subnormal])
    rest = ~subnormal
    with np.errstate(all="ignore"):
        a, b = x[rest], y[rest]
        size = np.abs(a)
        value = np.where(
            (b == 0) | (a == 1),
            1.0,
            np.where(
                np.isnan(a) | np.isnan(b),
                np.nan,
                np.where(size == 1, 1.0, np.where((size > 1) == (b > 0), np.inf, 0.0)),
            ),
        )
        odd = (np.rint(b) == b) & (np.abs(b) < 2.0**53) & (np.mod(b, 2.0) == 1.0)
        value = np.where(np.signbit(a) & odd, -value, value)
        broken = (a < 0) & np.isfinite(a) & (np.rint(b) != b)
        out[rest] = np.where(broken, np.nan, value)
    return out


# --- the normal distribution -----------------------------------------------------------------

_A = (
    2.5090809287301226727e3,
    3.3430575583588128105e4,
    6.7265770927008700853e4,
    4.5921953931549871457e4,
    1.3731693765509461125e4,
    1.9715909503065514427e3,
    1.3314166789178437745e2,
    3.3871328727963666080e0,
)
_B = (
    5.2264952788528545610e3,
    2.8729085735721942674e4,
    3.9307895800092710610e4,
    2.1213794301586595867e4,
    5.3941960214247511077e3,
    6.8718700749205790830e2,
    4.2313330701600911252e1,
    1.0,
)
_C = (
    7.74545014278341407640e-4,
    2.27238449892691845833e-2,
    2.41780725177450611770e-1,
    1.27045825245236838258e0,
    3.64784832476320460504e0,
    5.76949722146069140550e0,
    4.63033784615654529590e0,
    1.42343711074968357734e0,
)
_D = (
    1.05075007164441684324e-9,
    5.47593808499534494600e-4,
    1.51986665636164571966e-2,
    1.48103976427480074590e-1,
    6.89767334985100004550e-1,
    1.67638483018380384940e0,
    2.05319162663775882187e0,
    1.0,
)
_E = (
    2.01033439929228813265e-7,
    2.71155556874348757815e-5,
    1.24266094738807843860e-3,
    2.65321895265761230930e-2,
    2.96560571828504891230e-1,
    1.78482653991729133580e0,
    5.46378491116411436990e0,
    6.65790464350110377720e0,
)
_F = (
    2.04426310338993978564e-15,
    1.42151175831644588870e-7,
    1.84631831751005468180e-5,
    7.86869131145613259100e-4,
    1.48753612908506148525e-2,
    1.36929880922735805310e-1,
    5.99832206555887937690e-1,
    1.0,
)


def ndtri(p: Float64Array) -> Float64Array:
    """The quantile of the standard normal distribution: z with P(Z <= z) = p, for 0 <= p <= 1."""
    p = np.ascontiguousarray(p, dtype=np.float64)
    out = np.empty_like(p)
    size = min(_BLOCK, p.size)
    scratch = [np.empty(size) for _ in range(3)]
    outer: list[Int64Array] = []
    for start in range(0, p.size, _BLOCK):
        part = out[start : start + _BLOCK]
        q, r, d = (a[: part.size] for a in scratch)
        np.subtract(p[start : start + _BLOCK], 0.5, out=q)
        np.multiply(q, q, out=r)
        np.subtract(0.180625, r, out=r)
        outer.append(np.flatnonzero(r < 0) + start)
        _horner(r, _A, part)
        _horner(r, _B, d)
        np.divide(part, d, out=part)
        np.multiply(part, q, out=part)
    if outer:
        tails = np.concatenate(outer)
        if tails.size:
            chosen = p[tails]
            upper = chosen > 0.5
            z = ndtri_of_log(log(np.where(upper, 1.0 - chosen, chosen)))
            out[tails] = np.where(upper, -z, z)
    return out


def ndtri_of_log(logp: Float64Array) -> Float64Array:
    """The quantile (below -1.4) of a small probability given by its logarithm: ``logp`` < -2.6."""
    r = np.sqrt(-logp)
    t = np.minimum(r, 5.0) - 1.6
    z = _horner(t, _C, np.empty_like(t)) / _horner(t, _D, np.empty_like(t))
    far = r > 5.0
    if far.any():
        t = np.minimum(r[far], 27.0) - 5.0
        z[far] = _horner(t, _E, np.empty_like(t)) / _horner(t, _F, np.empty_like(t))
        extreme = r > 27.0  # beyond what the approximation covers: iterate on the asymptotic expansion
        if extreme.any():
            z[extreme] = _extreme_quantile(logp[extreme])
    return -z


def _extreme_quantile(logp: Float64Array) -> Float64Array:
    """x with log P(Z > x) = logp by fixed-point steps, for x above 38 (converges like 1/x**2 a step)."""
    finite = np.maximum(logp, -1e300)
    x = np.sqrt(-2.0 * finite)
    for _ in range(8):
        inverse = 1.0 / (x * x)
        series = 1.0 - inverse * (1.0 - inverse * (3.0 - 15.0 * inverse))
        x = np.sqrt(-2.0 * (finite + log(x * 2.5066282746310002 / series)))
    return np.where(np.isinf(logp), np.inf, x)


_ERFC_P = (
    2.46196981473530512524e-10,
    5.64189564831068821977e-1,
    7.46321056442269912687e0,
    4.86371970985681366614e1,
    1.96520832956077098242e2,
    5.26445194995477358631e2,
    9.34528527171957607540e2,
    1.02755188689515710272e3,
    5.57535335369399327526e2,
)
_ERFC_Q = (
    1.0,
    1.32281951154744992508e1,
    8.67072140885989742329e1,
    3.54937778887819891062e2,
    9.75708501743205489753e2,
    1.82390916687909736289e3,
    2.24633760818710981792e3,
    1.65666309194161350182e3,
    5.57535340817727675546e2,
)
_ERFC_R = (
    5.64189583547755073984e-1,
    1.27536670759978104416e0,
    5.01905042251180477414e0,
    6.16021097993053585195e0,
    7.40974269950448939160e0,
    2.97886665372100240670e0,
)
_ERFC_S = (
    1.0,
    2.26052863220117276590e0,
    9.39603524938001434673e0,
    1.20489539808096656605e1,
    1.70814450747565897222e1,
    9.60896809063285878198e0,
    3.36907645100081516050e0,
)
_ERF_T = (
    9.60497373987051638749e0,
    9.00260197203842689217e1,
    2.23200534594684319226e3,
    7.00332514112805075473e3,
    5.55923013010394962768e4,
)
_ERF_U = (
    1.0,
    3.35617141647503099647e1,
    5.21357949780152679795e2,
    4.59432382970980127987e3,
    2.26290000613890934246e4,
    4.92673942608635921086e4,
)
_SQRT_HALF = 0.7071067811865476


def ndtr(x: Float64Array) -> Float64Array:
    """P(Z <= x) of the standard normal distribution, with full relative precision in the lower tail (for
    the upper tail ask for ``ndtr(-x)``)."""
    x = np.ascontiguousarray(x, dtype=np.float64)
    out = np.empty_like(x)
    inner = np.abs(x) < 1.4142135623730951  # there the tail itself is not small
    v = x[inner] * _SQRT_HALF
    z = v * v
    out[inner] = 0.5 + 0.5 * (v * _horner(z, _ERF_T, np.empty_like(z)) / _horner(z, _ERF_U, np.empty_like(z)))
    far = np.abs(x[~inner])
    tail = 0.5 * _erfc_outer(far)
    out[~inner] = np.where(x[~inner] < 0, tail, 1.0 - tail)
    return out


def log_ndtr(x: Float64Array) -> Float64Array:
    """log P(Z <= x), also where the probability itself is below the smallest float."""
    x = np.ascontiguousarray(x, dtype=np.float64)
    out = np.empty_like(x)
    near = x > -30.0
    out[near] = log(ndtr(x[near]))
    v = np.maximum(x[~near], -1e150)
    i = 1.0 / (v * v)
    series = 1.0 - i * (1.0 - i * (3.0 - i * (15.0 - i * (105.0 - i * 945.0))))
    tail = -0.5 * v * v - log(-v * 2.5066282746310002 / series)
    out[~near] = np.where(np.isinf(x[~near]), -np.inf, tail)
    return out


def _erfc_outer(x: Float64Array) -> Float64Array:
    """erfc(x / sqrt 2) for x >= sqrt 2."""
    x = np.minimum(x, 60.0)
    a = x * _SQRT_HALF
    top = np.where(a < 8.0, _horner(a, _ERFC_P, np.empty_like(a)), _horner(a, _ERFC_R, np.empty_like(a)))
    bottom = np.where(a < 8.0, _horner(a, _ERFC_Q, np.empty_like(a)), _horner(a, _ERFC_S, np.empty_like(a)))
    # exp(-x*x/2) loses digits as x grows; the square of x cut to sixteenths is exact (Cody)
    cut = np.floor(x * 16.0) * 0.0625
    z = exp(cut * cut * -0.5) * exp((x - cut) * (x + cut) * -0.5)
    return z * top / bottom


# --- gamma function --------------------------------------------------------------------------

_STIRLING_TABLE = 16


def log_factorial(k: Int64Array) -> Float64Array:
    """log(k!) for integers k >= 0."""
    k = np.asarray(k, dtype=np.int64)
    table = np.zeros(_STIRLING_TABLE)
    product = 1.0
    for i in range(1, _STIRLING_TABLE):
        product *= i  # 15! is below 2**53: exact
        table[i] = product
    table[0] = 1.0
    out = log(table)[np.minimum(k, _STIRLING_TABLE - 1)]
    large = k >= _STIRLING_TABLE
    if large.any():
        n = k[large].astype(np.float64)
        out[large] = (n + 0.5) * log(n) - n + 0.9189385332046728 + stirling_error(n)
    return out


def stirling_error(n: Float64Array) -> Float64Array:
    """log(n!) less Stirling's formula, for n >= 16."""
    i = 1.0 / (n * n)
    return (1 / 12 - i * (1 / 360 - i * (1 / 1260 - i * (1 / 1680 - i * (1 / 1188))))) / n


def poisson_probability(k: Int64Array, mean: Float64Array | float) -> Float64Array:
    """P(K = k) of a Poisson distribution, by the saddle-point form (Loader, 2000), which keeps its digits
    where the textbook formula subtracts huge numbers. ``k`` >= 0, ``mean`` > 0."""
    return exp(log_poisson_probability(k, mean))


def log_poisson_probability(k: Int64Array, mean: Float64Array | float) -> Float64Array:
    """The logarithm of ``poisson_probability``."""
    k = np.asarray(k, dtype=np.int64)
    mean = np.broadcast_to(np.asarray(mean, dtype=np.float64), k.shape)
    out = np.empty(k.shape)
    small = k < _STIRLING_TABLE
    if small.any():
        n = k[small]
        m = np.ascontiguousarray(mean[small])
        out[small] = n * log(m) - m - log_factorial(n)
    if not small.all():
        x = k[~small].astype(np.float64)
        m = np.ascontiguousarray(mean[~small])
        out[~small] = -stirling_error(x) - deviance(x, m) - 0.9189385332046728 - 0.5 * log(x)
    return out


def deviance(x: Float64Array, mean: Float64Array) -> Float64Array:
    """x log(x / mean) + mean - x, without cancellation near x = mean."""
    v = (x - mean) / (x + mean)
    near = np.abs(v) < 0.1
    safe = np.where(near, v, 0.0)
    square = safe * safe
    term = 2.0 * x * safe
    total = (x - mean) * safe
    for j in range(1, 18):
        term = term * square
        total = total + term / (2 * j + 1)
    with np.errstate(divide="ignore", invalid="ignore"):
        plain = x * log(np.where(near, 1.0, x / mean)) + mean - x
    return np.where(near, total, plain)
