"""Toys of InsightFace's networks, as ONNX graphs of the published shapes: see models.toy.

The detector is planted: it takes a bright square for a face. What recognises and what swaps has random weights.
"""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

SEEN_PX, STRIDES, ANCHORS = 640, (8, 16, 32), 2  # as of det_10g.onnx
NUMBERS = 512  # whose face it is
BRIGHT = 160 / 255  # of the red channel
SQUARE = 0.8  # least of the shorter side over the longer one
# where eyes, nose and the corners of the mouth lie in a square, in its sides; the nose goes aside where green is dark
POINTS = ((0.32, 0.4), (0.68, 0.4), (0.5, 0.62), (0.36, 0.8), (0.64, 0.8))
ASIDE = 0.9
KEPT = 0.75  # of the target by the swapper, so that a bright square stays one


def build_insightface(folder: Path) -> None:
    """inswapper_128.onnx, and buffalo_l with a detector and a recognition."""
    random = np.random.default_rng(0)
    (folder / "buffalo_l").mkdir(parents=True)
    _save(bright_square_detector(), folder / "buffalo_l" / "det_10g.onnx")
    _save(mean_colours(random), folder / "buffalo_l" / "w600k_r50.onnx")
    _save(tinting_swapper(random), folder / "inswapper_128.onnx")


def bright_square_detector() -> Any:
    """SCRFD's nine outputs. At stride 8, a cell whose run of bright cells is about as wide as high is of a face."""
    cells = SEEN_PX // STRIDES[0]
    grid = np.arange(cells, dtype=np.float32)
    constants = {
        "red": np.array([[[[1]], [[0]], [[0]]]], np.float32),
        "green": np.array([[[[0]], [[1]], [[0]]]], np.float32),
        "columns": grid.reshape(1, 1, 1, -1),
        "rows": grid.reshape(1, 1, -1, 1),
        "far": np.float32(1000),
        "bright": np.float32(2 * BRIGHT - 1),
        "square": np.float32(SQUARE),
        "half": np.float32(0.5),
        "one": np.float32(1),
        "aside": np.float32(ASIDE),
        "none": np.float32(0),
        "cells": np.array([-1, 1], np.int64),
        "sides": np.array([-1, 4], np.int64),
        "places": np.array([-1, 10], np.int64),
    }
    nodes = [
        ("AveragePool", ["input"], "pooled", {"kernel_shape": [8, 8], "strides": [8, 8]}),
        ("Conv", ["pooled", "red"], "reds", {}),
        ("Conv", ["pooled", "green"], "greens", {}),
        ("Greater", ["reds", "bright"], "is_bright", {}),
    ]
    for axis, index in (("x", "columns"), ("y", "rows")):
        nodes += _run_ends(axis, index, cells)
    nodes += [
        ("Min", ["x_long", "y_long"], "shorter", {}),
        ("Max", ["x_long", "y_long", "one"], "longer", {}),
        ("Div", ["shorter", "longer"], "shape", {}),
        ("Greater", ["shape", "square"], "is_square", {}),
        ("Less", ["longer", "far"], "is_closed", {}),  # a run that reaches the picture's edge has no end there
        ("And", ["is_square", "is_closed"], "is_shaped", {}),
        ("And", ["is_shaped", "is_bright"], "is_face", {}),
        ("Mul", ["reds", "half"], "half_red", {}),
        ("Add", ["half_red", "half"], "sure", {}),
        ("Where", ["is_face", "sure", "none"], "score", {}),
        ("Neg", ["greens"], "lack", {}),
        ("Relu", ["lack"], "dark_green", {}),
        ("Mul", ["dark_green", "aside"], "off", {}),
    ]
    for number, (across, down) in enumerate(POINTS):
        nodes += _point(number, across, down, constants)
    points = [f"{axis}_point{number}" for number in range(len(POINTS)) for axis in ("x", "y")]
    nodes += _as_rows("score", ["score"], "cells") + _as_rows("box", ["x_low", "y_low", "x_high", "y_high"], "sides")
    nodes += _as_rows("point", points, "places")
    outputs = {}
    for kind, width in (("score", 1), ("box", 4), ("point", 10)):
        for stride in STRIDES:
            rows = ANCHORS * (SEEN_PX // stride) ** 2
            outputs[f"{kind}_{stride}"] = (rows, width)
            if stride != STRIDES[0]:
                constants[f"nothing_{kind}_{stride}"] = np.zeros((rows, width), np.float32)
                nodes.append(("Identity", [f"nothing_{kind}_{stride}"], f"{kind}_{stride}", {}))
    return _model(nodes, {"input": (1, 3, "?", "?")}, outputs, constants)


def _run_ends(axis: str, index: str, cells: int) -> list[tuple]:
    """From a cell to both ends of its run of bright cells along an axis, `low` and `high`, and their sum, in cells."""
    along_x = axis == "x"
    kernel = [1, cells] if along_x else [cells, 1]
    before = [0, cells - 1, 0, 0] if along_x else [cells - 1, 0, 0, 0]
    after = [0, 0, 0, cells - 1] if along_x else [0, 0, cells - 1, 0]
    return [
        ("Neg", ["far"], f"{axis}_never", {}),
        ("Where", ["is_bright", f"{axis}_never", index], f"{axis}_dark", {}),
        ("MaxPool", [f"{axis}_dark"], f"{axis}_last", {"kernel_shape": kernel, "pads": before}),
        ("Neg", [index], f"{axis}_back", {}),
        ("Where", ["is_bright", f"{axis}_never", f"{axis}_back"], f"{axis}_dark_back", {}),
        ("MaxPool", [f"{axis}_dark_back"], f"{axis}_next_back", {"kernel_shape": kernel, "pads": after}),
        ("Sub", [index, f"{axis}_last"], f"{axis}_from_dark", {}),
        ("Sub", [f"{axis}_from_dark", "one"], f"{axis}_low", {}),
        ("Add", [f"{axis}_next_back", index], f"{axis}_to_dark", {}),
        ("Neg", [f"{axis}_to_dark"], f"{axis}_high", {}),
        ("Add", [f"{axis}_low", f"{axis}_high"], f"{axis}_long", {}),
    ]


def _point(number: int, across: float, down: float, constants: dict[str, np.ndarray]) -> list[tuple]:
    """One landmark, from a cell and in cells."""
    constants |= {f"across{number}": np.float32(across), f"down{number}": np.float32(down)}
    nose = number == 2
    nodes = [("Add", [f"across{number}", "off"], f"across_off{number}", {})] if nose else []
    for axis, share in (("x", f"across_off{number}" if nose else f"across{number}"), ("y", f"down{number}")):
        nodes += [
            ("Mul", [f"{axis}_long", share], f"{axis}_part{number}", {}),
            ("Sub", [f"{axis}_part{number}", f"{axis}_low"], f"{axis}_point{number}", {}),
        ]
    return nodes


def _as_rows(kind: str, maps: Sequence[str], shape: str) -> list[tuple]:
    """Maps (1, 1, H, W) as SCRFD's rows: one for each cell and anchor, of which both say the same."""
    return [
        ("Concat", list(maps), f"{kind}_maps", {"axis": 1}),
        ("Transpose", [f"{kind}_maps"], f"{kind}_last", {"perm": [0, 2, 3, 1]}),
        ("Concat", [f"{kind}_last"] * ANCHORS, f"{kind}_twice", {"axis": 3}),
        ("Reshape", [f"{kind}_twice", shape], f"{kind}_{STRIDES[0]}", {}),
    ]


def mean_colours(random: np.random.Generator) -> Any:
    """ArcFace's shapes: 512 random sums of the means of 7 x 7 tiles."""
    constants = {"weights": random.standard_normal((3 * 49, NUMBERS)).astype(np.float32)}
    nodes = [
        ("AveragePool", ["input.1"], "tiles", {"kernel_shape": [16, 16], "strides": [16, 16]}),
        ("Flatten", ["tiles"], "flat", {}),
        ("MatMul", ["flat", "weights"], "numbers", {}),
    ]
    return _model(nodes, {"input.1": ("None", 3, 112, 112)}, {"numbers": (1, NUMBERS)}, constants)


def tinting_swapper(random: np.random.Generator, bias: Sequence[float] = (0, 0, 0)) -> Any:
    """inswapper's shapes: the target, tinted by a colour that random weights read off the source, and `bias` (RGB)."""
    constants = {
        "kept": np.float32(KEPT),
        "taken": np.float32(1 - KEPT),
        "weights": (8 * random.standard_normal((NUMBERS, 3))).astype(np.float32),
        "bias": np.array([bias], np.float32),
        "as_colour": np.array([1, 3, 1, 1], np.int64),
        "emap": random.standard_normal((NUMBERS, NUMBERS)).astype(np.float32),  # the last, as InsightFace reads it
    }
    nodes = [
        ("MatMul", ["source", "weights"], "sums", {}),
        ("Add", ["sums", "bias"], "biased", {}),
        ("Sigmoid", ["biased"], "shares", {}),
        ("Reshape", ["shares", "as_colour"], "colour", {}),
        ("Mul", ["target", "kept"], "old", {}),
        ("Mul", ["colour", "taken"], "new", {}),
        ("Add", ["old", "new"], "output", {}),
    ]
    inputs = {"target": (1, 3, 128, 128), "source": (1, NUMBERS)}
    return _model(nodes, inputs, {"output": (1, 3, 128, 128)}, constants)


Shapes = Mapping[str, tuple]


def _model(nodes: Sequence[tuple], inputs: Shapes, outputs: Shapes, constants: Mapping[str, Any]) -> Any:
    """An ONNX model of float32. A node is (operator, inputs, output, attributes)."""
    from onnx import TensorProto, helper, numpy_helper

    def values(shapes: Shapes) -> list[Any]:
        return [helper.make_tensor_value_info(name, TensorProto.FLOAT, shape) for name, shape in shapes.items()]

    graph = helper.make_graph(
        [helper.make_node(operator, given, [made], **more) for operator, given, made, more in nodes],
        "toy",
        values(inputs),
        values(outputs),
        [numpy_helper.from_array(np.asarray(value), name) for name, value in constants.items()],
    )
    return helper.make_model(graph, opset_imports=[helper.make_opsetid("", 17)], ir_version=8)


def _save(model: Any, path: Path) -> None:
    path.write_bytes(model.SerializeToString())
