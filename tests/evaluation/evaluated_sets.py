"""Small sets of samples with results, to be evaluated: every picture 96 x 128, seeded noise on a colour."""

import json

import numpy as np
from doubles import card
from PIL import Image

from tryon_core.evaluation.protocol import Protocol
from tryon_core.scales import Metric
from tryon_core.sources import open_source

SIZE = (96, 128)
SMALL = Protocol(pairing="paired", width_px=96, height_px=128)


def noisy(seed: int, size=SIZE) -> Image.Image:
    return Image.fromarray(np.random.default_rng(seed).integers(0, 256, (size[1], size[0], 3), np.uint8))


def a_set(folder, count=3, truth=True, **known):
    """A source of `count` samples s0, s1, ...: person of noise 10 + i, garment 20 + i, truth 30 + i."""
    folder.mkdir()
    lines = []
    for i in range(count):
        line = {"sample_id": f"s{i}", **known}
        for role, seed in {"person": 10 + i, "garment": 20 + i, **({"truth": 30 + i} if truth else {})}.items():
            noisy(seed).save(folder / f"{role}{i}.png")
            line[role] = f"{role}{i}.png"
        lines.append(json.dumps(line))
    (folder / "samples.jsonl").write_text("\n".join(lines))
    return open_source(folder / "samples.jsonl")


def results(folder, **pictures) -> str:
    """A folder of pictures, each by its sample's id."""
    folder.mkdir()
    for name, image in pictures.items():
        image.save(folder / f"{name}.png")
    return str(folder)


class Apart:
    """An LPIPS of sorts: mean difference of grey values; remembers the pairs it was shown."""

    card = card("apart")
    metrics = (Metric(name="lpips", unit="LPIPS", low=0, better="lower", model="apart", licence="none", protocol="p"),)

    def __init__(self):
        self.pairs = []

    def distances(self, pairs):
        self.pairs += pairs
        return [float(np.abs(np.asarray(one, float) - np.asarray(other, float)).mean()) for one, other in pairs]
