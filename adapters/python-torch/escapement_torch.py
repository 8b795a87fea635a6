"""A PyTorch model as Escapement's oracle: the protocol of docs/oracles.md, version 1, over standard input and output.

    from escapement_torch import serve
    serve(model, torch.nn.functional.cross_entropy, inputs, targets)

The objective is loss(model(inputs), targets), a mean over samples, plus l2 |x|^2 / 2; x are the model's parameters in the order of
model.parameters(), and the model's weights are the start of a problem that says "start": "weights". Gradients and Hessian products are
autograd's. The model is put into evaluation mode: dropout and the statistics of batches would make another objective of every call. It
computes in the type and on the device that its parameters have; use model.double() where digits matter. What is printed after this import
goes to standard error. Needs Python 3.8 and PyTorch 1.13.
"""

import json
import os
import struct
import sys

import numpy as np
import torch

# the answers' own stream; whatever is printed from here on goes to standard error instead
sys.stdout.flush()
_answers = os.fdopen(os.dup(1), "wb")
os.dup2(2, 1)


def serve(model, loss, inputs, targets, *, l2=0.0):
    """Answers requests until standard input ends."""
    answers, requests = _answers, sys.stdin.buffer
    model.eval()
    parameters = [p for p in model.parameters() if p.requires_grad]
    first = parameters[0]
    if any(p.dtype != first.dtype or p.device != first.device for p in parameters):
        raise ValueError("the model's parameters have several types or devices; one of each is needed")
    sizes = [p.numel() for p in parameters]
    d, n = sum(sizes), len(inputs)
    kind = "f64" if first.dtype == torch.float64 else "f32"
    start = _flat([p.detach() for p in parameters])

    def put(x):
        with torch.no_grad():
            for p, part in zip(parameters, torch.split(x, sizes)):
                p.copy_(part.view_as(p))

    def objective(samples):
        f = loss(model(inputs), targets) if samples is None else loss(model(inputs[samples]), targets[samples])
        return f + 0.5 * l2 * sum((p * p).sum() for p in parameters) if l2 else f

    def gradient(samples):
        return _flat(torch.autograd.grad(objective(samples), parameters))

    def hessian_times(vectors, samples):
        slopes = _flat(torch.autograd.grad(objective(samples), parameters, create_graph=True))
        if not slopes.requires_grad:
            # f is linear in the parameters
            return torch.zeros_like(vectors)
        products = []
        for v in vectors:
            parts = torch.autograd.grad(slopes @ v, parameters, retain_graph=True, allow_unused=True)
            products.append(_flat([torch.zeros_like(p) if part is None else part for p, part in zip(parameters, parts)]))
        return torch.stack(products)

    def answer(header, blocks):
        op = header["op"]
        tensor = lambda block: torch.as_tensor(np.array(block), dtype=first.dtype, device=first.device)
        put(tensor(blocks.pop(0)))
        vectors = tensor(blocks.pop(0)).view(-1, d) if op == "hessianTimes" else None
        samples = torch.as_tensor(blocks.pop(0).astype(np.int64), device=inputs.device) if "samples" in header else None
        each = header.get("each", False)
        if op == "value":
            with torch.no_grad():
                return objective(samples).reshape(1)
        if op == "gradient":
            return torch.stack([gradient(s.view(1)) for s in samples]) if each else gradient(samples)
        if op == "hessianTimes":
            return torch.cat([hessian_times(vectors, s.view(1)) for s in samples]) if each else hessian_times(vectors, samples)
        raise ValueError(f"{op} is not among what this oracle can")

    while True:
        frame = _read_frame(requests)
        if frame is None:
            return
        header, blocks = frame
        if header["op"] == "describe":
            described = {"protocol": 1, "d": d, "n": n, "type": kind, "can": ["hessianTimes"]}
            _write_frame(answers, {"id": header["id"], **described}, [start.double().cpu().numpy()], "f64")
            continue
        result = answer(header, blocks).detach().cpu().numpy()
        # a path that runs away is no nonsense: the loss is infinite, or a number that comes of infinities
        overflow = bool(np.isinf(result).any())
        if not overflow and np.isnan(result).any():
            with torch.no_grad():
                outputs = model(inputs)
                overflow = bool(torch.isinf(outputs).any() or torch.isinf(objective(None)))
        _write_frame(answers, {"id": header["id"], **({"overflow": True} if overflow else {})}, [result], kind)


def _flat(tensors):
    return torch.cat([t.reshape(-1) for t in tensors])


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
