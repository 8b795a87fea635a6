"""Makes factors.json: c(z) = -log|1-z|/z and m(u,v) = (log|1-u|+log|1-v|)/((1-u)(1-v)-1) in 60-digit arithmetic (mpmath) at the
exact doubles shown, rounded to double: random arguments of all sizes, and arguments next to every removable or singular point
(z = 0, 1, 2; the curves (1-u)(1-v) = 1 and -1; u or v near 1). Run: python3 test/reference/factors.py > test/reference/factors.json"""
import json, random
from mpmath import mp, mpf, log, fabs
mp.dps = 60
random.seed(20240501)

def c(z):
    z = mpf(z)
    return mpf(1) if z == 0 else -log(fabs(1 - z)) / z

def m(u, v):
    u, v = mpf(u), mpf(v)
    w = u * v - u - v
    return mpf(1) if w == 0 else log(fabs(1 + w)) / w

def near(x):
    return [x * (1 + s * 10.0 ** -k) + (s * 10.0 ** -k if x == 0 else 0) for k in (3, 6, 9, 12, 14, 15, 16, 30) for s in (1, -1)]

zs = near(0.0) + near(1.0) + near(2.0) + [-0.5, -1.0, 0.5, 1.5, 3.0, 4.0]
zs += [random.uniform(-5, 1) for _ in range(150)] + [random.uniform(1, 5) for _ in range(100)]
zs += [random.choice((1, -1)) * 10 ** random.uniform(-20, 20) for _ in range(100)]
pairs = []
for _ in range(200):
    pairs.append((random.uniform(-5, 1), random.uniform(-5, 1)))
    pairs.append((random.uniform(-3, 4), random.uniform(-3, 4)))
for _ in range(100):
    pairs.append(tuple(random.choice((1, -1)) * 10 ** random.uniform(-17, 3) for _ in range(2)))
for sign in (1, -1):
    for _ in range(60):
        u = random.choice((random.uniform(-8, 1), random.uniform(1, 8), 10 ** random.uniform(-12, 6), -10 ** random.uniform(-12, 6)))
        if u == 1: continue
        v = float(1 - sign / (1 - mpf(u)))
        for k in (2, 4, 6, 8, 10, 12, 14, 15, 16, 17, 30):
            pairs.append((u, v * (1 + random.choice((1, -1)) * 10.0 ** -k)))
        pairs.append((u, v))
for _ in range(60):
    pairs.append((1 - random.choice((1, -1)) * 10 ** random.uniform(-15.9, -1), random.uniform(-3, 3)))
    pairs.append(tuple(1 - random.choice((1, -1)) * 10 ** random.uniform(-15.9, -1) for _ in range(2)))
zs = [z for z in zs if z != 1]
pairs = [(u, v) for u, v in pairs if u != 1 and v != 1]
print(json.dumps({"about": "c(z) and m(u, v) in 60-digit arithmetic, rounded to double; made by factors.py",
                  "c": [[z, float(c(z))] for z in zs], "m": [[u, v, float(m(u, v))] for u, v in pairs]}))
