"""Edits for comparisons of searches: a data set, models that can be named, and what reports on the pictures."""

import json

from doubles import card, picture
from landscape import metric
from search_runs import HEIGHT, Surveyor, Walker

from tryon_core.records import Measurement

SELECTING = {"potential": "measured", "metric": "height", "weights": HEIGHT}
walker, surveyor = Walker(), Surveyor()  # search_edits:walker, search_edits:surveyor


class Green:
    """A scorer that selects nothing: how green a picture is."""

    def __init__(self):
        self.card, self.metrics = card("green"), (metric("green"), metric("red", "lower"), metric("smell"))

    def __call__(self, sample, image):
        red, green, _ = image.convert("RGB").getpixel((0, 0))
        values = {"green": (green, "higher"), "red": (red, "lower")}
        scores = {name: Measurement(value=value, unit="m", better=better) for name, (value, better) in values.items()}
        return scores | {"smell": "a picture does not smell"}


class Counting(Walker):
    """Keeps its requests."""

    def __init__(self):
        super().__init__()
        self.drawn = []

    def __call__(self, request):
        self.drawn.append(request)
        return super().__call__(request)


def given(generator=walker, **more):
    """What a comparison over edits is given: K, M, L = 2, 1, 2, so four pictures each."""
    models = {"generator": generator, "scorer": surveyor}
    return {"models": models, "options": SELECTING, "reported": [Green()], "wide": 2, "parents": 1, **more}


def edits(folder, *names, prompt="Climb.", bad=()):
    """A data set of a line per name, and further lines as they are."""
    lines = [{"id": name, "image": f"{name}.png", "prompt": prompt} for name in names]
    for place, name in enumerate(names):
        picture(f"#{40 + place}6080", (66, 88)).save(folder / f"{name}.png")
    path = folder / "edits.jsonl"
    path.write_text("\n".join([*map(json.dumps, lines), *bad]) + "\n")
    return path


def rows(folder):
    """What all_candidates.jsonl says."""
    return [json.loads(line) for line in (folder / "all_candidates.jsonl").read_text().splitlines()]
