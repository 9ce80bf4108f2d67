"""InsightFace's files, read and checked before InsightFace sees one: there, whole, in one piece, of the right kind."""

import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from ...errors import BadInput, MissingWeights
from ...text import shortened

MOST_BYTES = 2**31 - 1  # of one file: protobuf reads no more
DETECTOR_OUTPUTS = (9, 15)  # scores, boxes and five points, at 3 or 5 sizes; with 6 or 10 there are no points
_SIDES = {"recognition": 112, "swapper": 128}  # of the square that a network looks at, px


@dataclass(frozen=True)
class OnnxFile:
    """A file that is there and whole.

    kind    'detection', 'recognition' or 'swapper', by the shapes of its graph; '' for anything else
    sha256  of its bytes
    """

    path: Path
    kind: str
    sha256: str


def swapper_file(name: str, path: Path) -> OnnxFile:
    """raises   MissingWeights, BadInput"""
    file = read_onnx(name, path)
    if file.kind != "swapper":
        raise BadInput(f"{name} takes a network of a 128 px target and a source of 512 numbers; {path} is none")
    return file


def analysis_files(name: str, folder: Path) -> dict[str, OnnxFile]:
    """What detects and what recognises, by kind, of a folder of .onnx files such as buffalo_l.

    raises   MissingWeights where either is not there; BadInput for one with a manifest: files may lie elsewhere
    """
    if not os.path.isdir(folder):
        raise MissingWeights(
            f"{name}: there is no folder {folder}; give one such as buffalo_l, which holds .onnx files"
        )
    if (folder / "manifest.json").exists():
        raise BadInput(f"{name} takes a folder of plain .onnx files, such as buffalo_l; {folder} holds a manifest.json")
    files = [read_onnx(name, path) for path in sorted(folder.glob("*.onnx"))]
    kinds = {file.kind: file for file in reversed(files)}  # of several the first by name, as InsightFace takes it
    for kind, what in (("detection", "finds faces with five points"), ("recognition", "makes 512 numbers of a face")):
        if kind not in kinds:
            names = ", ".join(file.path.name for file in files) or "no .onnx at all"
            raise MissingWeights(f"{name}: nothing in {folder} {what}; it holds {names}; copy buffalo_l there again")
    return kinds


def read_onnx(name: str, path: Path) -> OnnxFile:
    """raises   MissingWeights for a file that is not there or damaged; BadInput for one with weights in other files"""
    import onnx
    from google.protobuf.message import DecodeError

    if not os.path.isfile(path):  # False for a name that is too long, too
        raise MissingWeights(f"{name}: there is no file {path}; copy the model there, or give its path")
    if path.suffix != ".onnx" or path.stat().st_size > MOST_BYTES:
        raise BadInput(f"{name} takes a file that ends in .onnx and has less than 2 GiB; got {path}")
    try:
        data = path.read_bytes()
        model = onnx.load_model_from_string(data)
    except OSError as e:
        raise MissingWeights(f"{name}: {path} cannot be read ({e.strerror}); copy it again") from e
    except DecodeError as e:
        raise MissingWeights(f"{name}: {path} is damaged, or no ONNX file; copy or download it again") from e
    outside = sorted({tensor.name for tensor in _tensors(model) if tensor.data_location == onnx.TensorProto.EXTERNAL})
    if outside:
        raise BadInput(f"{name}: {path} keeps {outside[0]!r} in another file; give one that holds all its weights")
    return OnnxFile(path, _kind(model.graph), hashlib.sha256(data).hexdigest())


@contextmanager
def loading(name: str, path: Path) -> Iterator[None]:
    """raises   MissingWeights for whatever InsightFace and ONNX Runtime raise on files that they cannot run"""
    try:
        yield
    except Exception as e:
        why = f"{type(e).__name__}: {shortened(str(e))}"
        raise MissingWeights(
            f"{name}: InsightFace cannot run what is at {path} ({why}); copy it again if it is damaged"
        ) from e


def _tensors(message: Any) -> Iterator[Any]:
    """Every tensor anywhere in a protobuf message, those of nested graphs and constants too."""
    for field, value in message.ListFields():
        if field.message_type is None:
            continue
        for each in value if field.is_repeated else (value,):
            if field.message_type.name == "TensorProto":
                yield each
            else:
                yield from _tensors(each)


def _kind(graph: Any) -> str:
    own = {tensor.name for tensor in graph.initializer}
    inputs = [_shape(value) for value in graph.input if value.name not in own]
    outputs = [_shape(value) for value in graph.output]
    if len(outputs) in DETECTOR_OUTPUTS and len(inputs) == 1:
        return "detection"
    square = inputs[0][2:] if inputs else ()
    if len(inputs) == 2 and square == (_SIDES["swapper"],) * 2 and inputs[1][1:] == (512,):
        return "swapper"
    if len(inputs) == len(outputs) == 1 and square == (_SIDES["recognition"],) * 2 and outputs[0][1:] == (512,):
        return "recognition"
    return ""


def _shape(value: Any) -> tuple[int, ...]:
    """0 for a side that is free."""
    return tuple(side.dim_value for side in value.type.tensor_type.shape.dim)
