"""Runs of several flows over two persons and two garments, one of the flows a plugin that says nothing of its pictures.

Importing this module adds it to the tables, as a plugin of a user would.
"""

import json

from doubles import Darker, Lined, Lottery, Painter, Scripted, Seen, Tool, card, cloth, placed, scores
from search_runs import HEIGHT, Surveyor

from tryon_core.flows import FLOWS, FlowLine
from tryon_core.records import EditRequest
from tryon_core.roles import FaceSwapper, Generator
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.steps import Flow, Step


def shelf(folder):
    """Two samples of one person, one of another; what they agreed to stands beside them."""
    for name, colour in {"anna": "maroon", "bo": "teal", "shirt": "navy", "coat": "olive"}.items():
        cloth(colour=colour).save(folder / f"{name}.png")
    terms = {"licence": "CC0-1.0", "consent": "written, 2026-05-04", "source": "own photographs"}
    pairs = [("anna", "shirt"), ("anna", "coat"), ("bo", "shirt")]
    lines = [{"sample_id": f"{p}-{g}", "person": f"{p}.png", "garment": f"{g}.png", **terms} for p, g in pairs]
    (folder / "m.jsonl").write_text("\n".join(map(json.dumps, lines)))
    return folder


class Swapper:
    """Lays the face's picture, small, into the other."""

    card = card("swapper")

    def __call__(self, image, face, mask):
        drawn = image.copy()
        drawn.paste(face.resize((20, 20)), (5, 5))
        return drawn


def swap(sample, *, face_swapper: FaceSwapper, generator: Generator) -> Flow:
    """A flow of one's own: a swap that no request asked for, a crop drawn anew, and both laid together."""
    person, garment = sample.images["person"], sample.images["garment"]
    swapped = face_swapper(person, garment, None)
    yield Step(stage="swap", image=swapped)
    crop = swapped.crop((0, 0, 64, 64)).resize((70, 70))
    drawn = generator(EditRequest(prompt="finer", images=(crop,)))
    finished = swapped.copy()
    finished.paste(drawn.resize((64, 64)), (0, 0))
    yield Step(stage="refine", parent=1, image=finished, made={"outline": finished.convert("L")})
    return 2


FLOWS["test_swap"] = FlowLine(function=swap, needs=("person", "garment"), shape="stages")
STREAMS = {name: Tool(name) for name in ("depth", "canny", "fill")}


class Placing(Lottery):
    def __call__(self, sample, image):
        return placed(super().__call__(sample, image))


MODELS = {
    "closed_loop": lambda: {"generator": Painter(), "judge": Lottery()},
    "garment": lambda: {
        **{"segmenter": Seen(), "generator": Painter(), "judge": Scripted(scores(realism=5))},
        **{"inpainter": Painter(), "enhancer": Darker()},
    },
    "dual_stream": lambda: {"generator": Lined(), "judge": Placing(), "segmenter": Seen(), **STREAMS},
    "search": lambda: {"generator": Painter(), "judge": Lottery(), "scorer": Surveyor()},
    "test_swap": lambda: {"face_swapper": Swapper(), "generator": Painter()},
}
OPTIONS = {"search": {"wide": 3, "parents": 1, "weights": HEIGHT}, "dual_stream": {"satisfaction_threshold": 0.99}}


def run(shelf, flow, output, source="m.jsonl", **given):
    asked = BatchParameters.checked(
        source=str(shelf / source), output=str(output), flow=flow, options=OPTIONS.get(flow, {}), **given
    )
    return run_batch(asked, models=MODELS[flow](), progress=False)
