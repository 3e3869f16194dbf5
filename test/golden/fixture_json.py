"""How numbers and tensors are written in the fixtures: plain decimals, one array a line."""

import json


def decimals(tensor):
    """A flat, row-major list. Ten significant digits; the inputs, multiples of 1/256, need no more to be exact."""
    return [short(x) for x in tensor.flatten().tolist()]


def short(x):
    x = float(f"{x:.10g}")
    return int(x) if x == int(x) and abs(x) < 1e9 else x


def tensors_json(tensors):
    return {name: {"shape": list(t.shape), "values": decimals(t.double())} for name, t in tensors.items()}


def write(path, value):
    """Writes JSON with one line per array of numbers; returns its size in bytes."""
    text = lines(value, "") + "\n"
    path.write_text(text)
    return len(text)


def lines(value, indent):
    if not isinstance(value, dict) or "shape" in value or not value:
        return json.dumps(value, separators=(",", ":"))
    inner = indent + " "
    body = ",\n".join(f"{inner}{json.dumps(key)}: {lines(item, inner)}" for key, item in value.items())
    return "{\n" + body + "\n" + indent + "}"
