"""Where the time goes: one sample on one core, part by part, in seconds and in blurs of the picture."""

import resource
import time
from collections.abc import Callable

import cv2
import numpy as np

from tryon_core.models.embedded.cloth.flat_garment import see_garment
from tryon_core.models.embedded.measure import build as build_measure
from tryon_core.models.embedded.seeing.perception import see_person, working_size
from tryon_core.models.embedded.warp import build as build_warp
from tryon_core.records import EditRequest, Fix, Noise, Sample

_ROUNDS = 3


def profile(sample: Sample) -> str:
    """A Markdown table: the fastest of three rounds of each part, in seconds on one core.

    sample  Sample with pictures person and garment
    """
    cv2.setNumThreads(1)
    person, garment = sample.images["person"], sample.images["garment"]
    draw, judge = build_warp(), build_measure()
    request = EditRequest(prompt=sample.wish, images=(person, garment))
    longer = Fix(
        constraint="garment_structure", text="longer", aspect="length", amount=0.02, unit="share of torso length"
    )
    drawn = draw(request)  # loads the networks
    parts = {
        "see the person": lambda k: see_person.__wrapped__(person),
        "see the garment": lambda k: see_garment.__wrapped__(garment),
        "first draft, nothing seen yet": lambda k: draw(_unseen(request, k)),
        "draw a correction": lambda k: draw(EditRequest(prompt="", images=request.images, fixes=(longer,) * (k + 1))),
        "draw from other noise": lambda k: draw(EditRequest(prompt="", images=request.images, noise=Noise(seed=k + 1))),
        "see the candidate": lambda k: see_person.__wrapped__(drawn),
        "judge, all seen": lambda k: judge(sample, drawn),
    }
    judge(sample, drawn)
    seconds = {name: _fastest(part) for name, part in parts.items()}
    blur_s = _fastest(_blur_of(working_size(person)))
    peak_mb = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    return "\n".join(
        [
            f"{person.width} x {person.height} pixels, one core",
            "",
            "| part | seconds | blurs of the picture |",
            "|---|---|---|",
            *(f"| {name} | {part_s:.2f} | {part_s / blur_s:.0f} |" for name, part_s in seconds.items()),
            "",
            f"A blur is one pass over the float32 picture: {blur_s * 1000:.0f} ms.",
            f"Peak memory {peak_mb:.0f} MB.",
        ]
    )


def _unseen(request: EditRequest, k: int) -> EditRequest:
    """The same with one pixel changed in each picture, so that nothing is remembered of them."""
    pictures = tuple(picture.copy() for picture in request.images)
    for picture in pictures:
        picture.putpixel((0, 0), (k, k, k))
    return EditRequest(prompt=request.prompt, images=pictures)


def _blur_of(image_HW3: np.ndarray) -> Callable[[int], object]:
    """Blur the whole picture once: the smallest useful thing that is done to every pixel."""
    values = image_HW3.astype(np.float32)
    return lambda k: cv2.GaussianBlur(values, (0, 0), 1.5)


def _fastest(part: Callable[[int], object]) -> float:
    """Seconds of the fastest round: other work on the machine only ever adds."""
    times = []
    for k in range(_ROUNDS):
        started = time.perf_counter()
        part(k)
        times.append(time.perf_counter() - started)
    return min(times)
