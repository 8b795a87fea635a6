"""An objective written with NumPy (or JAX) as Escapement's oracle: the protocol of docs/oracles.md, version 1, over standard input and output.

    from escapement_oracle import serve
    serve(d=2, value=f, gradient=g)                                # a function
    serve(d=2, n=100, value=f, gradient=g, hessian_times=h)        # a finite sum

f(x, samples), g(x, samples) and h(x, v, samples) get float64 arrays; samples is None for all of them, else an array of sample numbers, repeats
included, over which they return the mean. Functions of a problem without samples take no such argument. What is printed after
this import goes to standard error. Needs Python 3.8 and NumPy.
"""

import json
import os
import struct
import sys

import numpy as np

# the answers' own stream; whatever is printed from here on goes to standard error instead
sys.stdout.flush()
_answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)


def serve(*, d, value, gradient, n=0, hessian_times=None, sample_gradients=None, start=None, single=False):
    """Answers requests until standard input ends.

    sample_gradients(x, samples): the gradients of these samples as rows, where that is quicker than one after another.
    start: the point that the problem starts from if its file says "start": "weights".
    single: the numbers are good to single precision only; answers are sent as such.
    """
    answers, requests = _answers, sys.stdin.buffer
    kind = "f32" if single else "f64"
    with_samples = n > 0

    def call(function, *arguments, samples):
        return np.asarray(function(*arguments, samples) if with_samples else function(*arguments), dtype=np.float64)

    def rows(x, samples):
        if sample_gradients is not None:
            return np.asarray(sample_gradients(x, samples), dtype=np.float64)
        return np.stack([call(gradient, x, samples=samples[k : k + 1]) for k in range(len(samples))])

    def answer(header, blocks):
        op = header["op"]
        x = blocks.pop(0)
        vectors = blocks.pop(0).reshape(-1, d) if op == "hessianTimes" else None
        samples = blocks.pop(0).astype(np.int64) if "samples" in header else None
        each = header.get("each", False)
        if op == "value":
            return call(value, x, samples=samples)
        if op == "gradient":
            return rows(x, samples) if each else call(gradient, x, samples=samples)
        if op == "hessianTimes" and hessian_times is not None:
            if each:
                return np.stack([call(hessian_times, x, vectors[0], samples=samples[k : k + 1]) for k in range(len(samples))])
            return np.stack([call(hessian_times, x, v, samples=samples) for v in vectors])
        raise ValueError(f"{op} is not among what this oracle can")

    while True:
        frame = _read_frame(requests)
        if frame is None:
            return
        header, blocks = frame
        if header["op"] == "describe":
            described = {"protocol": 1, "d": int(d), "n": int(n), "type": kind, "can": [] if hessian_times is None else ["hessianTimes"]}
            _write_frame(answers, {"id": header["id"], **described}, [] if start is None else [np.asarray(start)], "f64")
            continue
        overflows = []
        # NumPy tells of overflows, so that a path which runs away is no nonsense
        with np.errstate(over="call", call=lambda what, flag: overflows.append(what)):
            result = answer(header, blocks)
        overflow = bool(overflows) or bool(np.isinf(result).any())
        _write_frame(answers, {"id": header["id"], **({"overflow": True} if overflow else {})}, [result], kind)


_types = {"f64": "<f8", "f32": "<f4", "u32": "<u4"}


def _read_exactly(stream, count):
    data = stream.read(count)
    if len(data) < count:
        raise EOFError("standard input ended within a request")
    return data


def _read_frame(stream):
    first = stream.read(1)
    if not first:
        return None
    (length,) = struct.unpack("<I", first + _read_exactly(stream, 3))
    header = json.loads(_read_exactly(stream, length))
    blocks = [
        np.frombuffer(_read_exactly(stream, b["length"] * int(_types[b["type"]][2])), dtype=_types[b["type"]]) for b in header["blocks"]
    ]
    return header, blocks


def _write_frame(stream, header, blocks, kind):
    data = [np.ascontiguousarray(np.asarray(block).reshape(-1), dtype=_types[kind]) for block in blocks]
    text = json.dumps({**header, "blocks": [{"type": kind, "length": block.size} for block in data]}).encode()
    stream.write(struct.pack("<I", len(text)) + text + b"".join(block.tobytes() for block in data))
    stream.flush()
