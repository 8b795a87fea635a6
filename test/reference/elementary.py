"""Reference values of the elementary functions: python3 elementary.py > elementary.json

50 digits (mpmath), written as high + low, two doubles. Arguments: special ones, hard ones (near multiples of pi/2, near the borders of
argument reductions and of intervals, near over- and underflow, near 1 for logarithms and powers) and random ones over the whole range.
With a number as argument: that many random arguments a function, as rows "name x [y] high low", to measure with.
"""
import json, math, random, sys
import mpmath
from mpmath import mp, mpf

mp.dps = 50
rng = random.Random(20241124)


def uniform(a, b):
    return lambda: rng.uniform(a, b)


def wide(low, high, signed=True):
    """2^u, u uniform."""
    def draw():
        x = math.ldexp(1 + rng.random(), rng.randint(low, high))
        return -x if signed and rng.random() < 0.5 else x
    return draw


def big_precision(f):
    def g(x):
        with mp.workdps(400):
            return f(mpf(x))
    return g


def log1p_abs(z):
    with mp.workdps(80):
        return mpmath.log(abs(1 + mpf(z)))


def log_ratio(z):
    return mpf(1) if z == 0 else log1p_abs(z) / mpf(z)


def log_mean(u, v):
    with mp.workdps(120):
        p = (1 - mpf(u)) * (1 - mpf(v))
        return mpf(1) if p == 1 else mpmath.log(abs(p)) / (p - 1)


def sigmoid(x):
    return 1 / (1 + mpmath.exp(-mpf(x)))


def softplus(x):
    with mp.workdps(400 if x < -30 else 80):
        return mpmath.log1p(mpmath.exp(mpf(x)))


half_pi = [float(mpmath.pi / 2 * k) for k in (1, 2, 3, 4, 5, 7, 11, 101, 1000003, 636619772)]
worst = [math.ldexp(6381956970095103, 797), math.ldexp(5319372648326541, 200), 5.319372648326541e255, 1e22, 1.7e308]
trig = [uniform(-4, 4), uniform(-100, 100), uniform(-1e9, 1e9), wide(-40, 0), wide(0, 1023)]
borders = [(k + 0.5) * math.log(2) for k in (-1000, -54, -3, -2, -1, 0, 1, 2, 53, 1000)]

unary = {
    "exp": (mpmath.exp, [uniform(-745, 709.7), uniform(-1, 1), wide(-60, 9)], borders + [709.782712893384, -708.4, -745.13, -744.0]),
    "expm1": (mpmath.expm1, [uniform(-40, 709.7), uniform(-1.5, 1.5), wide(-60, 5)], borders + [709.782712893384, -37.4, 1e-300]),
    "log": (mpmath.log, [uniform(0.5, 2), uniform(0, 10), wide(-1074, 1023, False)], [1 + 2**-52, 1 - 2**-53, 5e-324, math.sqrt(2), math.sqrt(0.5)]),
    "log1p": (lambda x: log1p_abs(x), [uniform(-0.5, 1), uniform(-1, 20), wide(-80, -1), wide(0, 1023, False)], [2**-53, -(2**-53), -1 + 2**-53, 1e-300]),
    "sin": (big_precision(mpmath.sin), trig, half_pi + worst),
    "cos": (big_precision(mpmath.cos), trig, half_pi + worst),
    "tan": (big_precision(mpmath.tan), trig, half_pi + worst),
    "sinh": (mpmath.sinh, [uniform(-2, 2), uniform(-710, 710), wide(-40, 0)], [1.0, 0.9999999999999999, 710.47, -710.4]),
    "cosh": (mpmath.cosh, [uniform(-2, 2), uniform(-710, 710), wide(-40, 0)], [0.34657359, 710.47, -710.4]),
    "tanh": (mpmath.tanh, [uniform(-1, 1), uniform(-22, 22), wide(-40, 0)], [0.55, 0.5499999999999999, 18.9, 21.99]),
    "atan": (mpmath.atan, [uniform(-3, 3), uniform(-100, 100), wide(-60, 60)], [0.4375, 0.6875, 1.1875, 2.4375, 1e300]),
    "erf": (mpmath.erf, [uniform(-1, 1), uniform(-6, 6), wide(-40, 2)], [0.75, 0.7499999999999999, 5.9, 5e-324]),
    "erfc": (mpmath.erfc, [uniform(-1, 1), uniform(-6, 27.2), uniform(0, 3)], [0.75, 26.54, 26.6, 27.2, -5.8]),
    "sigmoid": (sigmoid, [uniform(-5, 5), uniform(-745, 40), wide(-40, 3)], [-745.13, -708.4, 36.7, 710.0]),
    "softplus": (softplus, [uniform(-5, 5), uniform(-745, 100), wide(-40, 3)], [-745.13, -36.7, 36.7, 710.0]),
    "logRatio": (log_ratio, [uniform(-3, 3), uniform(-2.1, -1.9), wide(-60, 60)], [-1 + 2**-53, -2.0, -2 - 2**-51, 2**-1074]),
}


def log_mean_pair():
    kind = rng.randrange(5)
    u = rng.uniform(-3, 0.99) if kind < 3 else rng.uniform(1.01, 3)
    if kind == 0:
        return u, rng.uniform(-3, 0.99)
    if kind == 1:  # near the curve (1-u)(1-v) = 1
        return u, -u / (1 - u) * (1 + rng.choice([0, 1e-15, -1e-12, 1e-8, 1e-4]))
    if kind == 2:
        return wide(-50, 10)(), wide(-50, -1)()
    if kind == 3:  # near (1-u)(1-v) = -1
        return u, 1 + 1 / (1 - u) * (1 + rng.choice([1e-15, -1e-12, 1e-8, 1e-4]))
    return u, rng.uniform(1.01, 3)


def power_pair():
    kind = rng.randrange(4)
    if kind == 0:
        return rng.uniform(0, 10), rng.uniform(-20, 20)
    if kind == 1:  # over the whole range of results
        x = wide(-1020, 1020, False)()
        l = math.log(x)
        return x, rng.uniform(-745, 709) / l if abs(l) > 1e-3 else 1.0
    if kind == 2:  # near 1, large exponents
        x = 1 + rng.uniform(-1, 1) * 2.0 ** -rng.randint(1, 45)
        l = math.log(x)
        return x, rng.uniform(-740, 709) / l if l != 0 else 3.0
    return -rng.uniform(0.1, 10), float(rng.randint(-300, 300))


def hypot_pair():
    a = wide(-1020, 1020)()
    return a, a * rng.uniform(-4, 4)


binary = {
    "power": (lambda x, y: mpmath.power(mpf(x), int(y) if x < 0 else mpf(y)), power_pair, [(2.0, 0.5), (10.0, 22.0), (10.0, -300.0), (1 + 2**-52, 2.0**52)]),
    "hypot": (lambda x, y: mpmath.sqrt(mpf(x) ** 2 + mpf(y) ** 2), hypot_pair, [(3.0, 4.0), (1e-300, 1e300), (5e-324, 0.0)]),
    "logMean": (log_mean, log_mean_pair, [(0.0, 0.0), (0.5, -1.0), (1e-9, -1e-9), (0.3, -0.4285714285714286), (1 - 2**-53, -(2.0**52)), (-1e9, 1 - 1e-10), (2.0, 0.5)]),
}


def split(value):
    high = float(value)
    low = value - mpf(high) if math.isfinite(high) else mpf(0)
    return high, float(low)


def rows(name, count):
    if name in unary:
        f, draws, special = unary[name]
        xs = list(special) + [draws[i % len(draws)]() for i in range(count)]
        out = [(x, *split(f(x))) for x in xs]
    else:
        f, draw, special = binary[name]
        out = [(*xy, *split(f(*xy))) for xy in list(special) + [draw() for _ in range(count)]]
    return [r for r in out if all(map(math.isfinite, r)) and r[-2] != 0]


names = [*unary, *binary]
if len(sys.argv) > 1:
    for name in names:
        for r in rows(name, int(sys.argv[1])):
            print(name, *map(repr, r))
else:
    json.dump({"about": "rows [x, (y,) high, low]: f(x) = high + low to 50 digits; made by elementary.py", **{n: rows(n, 300) for n in names}}, sys.stdout, indent=0, separators=(",", ":"))
