"""Runs of the search over pictures that can be looked at: a point in a field, as high as its red channel says.

Each sample's field has its top at another place; how good a picture really is lies in its green channel.
"""

import json

import numpy as np
import pandas as pd
from doubles import picture
from landscape import alone, metric, scripted
from PIL import Image, ImageDraw

from tryon_core.models.embedded.drawing.drawing_parameters import gaussian
from tryon_core.records import Measurement
from tryon_core.roles import Answer
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.steps import Spent

SIZE = (66, 88)
HEIGHT = alone("height")
HACKED = 150  # of 255: where a field can be hacked, the truth falls above this height


class Walker:
    """A generator: where the noise leads from the middle of the sample's field. Counts steps and seconds."""

    def __init__(self, truth=lambda height: height):
        self.card, self.truth = scripted("walker"), truth

    def metered(self, calls):
        return [Answer(self(*call), Spent(calls=1, seconds=2.0, steps=4)) for call in calls]

    def __call__(self, request):
        across, down = np.tanh(gaussian(request.noise, 2)) / 2 + 0.5
        top = (request.images[0].getpixel((0, 0))[0] % 7) / 7
        height = round(255 * max(0.0, 1 - np.hypot(across - top, down - 0.3)))
        drawn = Image.new("RGB", SIZE, (height, round(self.truth(height)), 90))
        at = 6 + across * (SIZE[0] - 12), 6 + down * (SIZE[1] - 12)
        ImageDraw.Draw(drawn).ellipse((at[0] - 5, at[1] - 5, at[0] + 5, at[1] + 5), fill="white")
        return drawn


def hacked(height):
    """A truth that rises with the height to HACKED, and falls beyond it."""
    return height if height <= HACKED else max(0, 2 * HACKED - height)


class Surveyor:
    """A scorer: the height, 0 to 1; of the lowest pictures the reason why it cannot be read."""

    def __init__(self, unread_below=0):
        self.card, self.metrics, self.unread_below = scripted("surveyor"), (metric("height"),), unread_below

    def metered(self, calls):
        return [Answer(self(*call), Spent(calls=1, seconds=0.5, tokens=100)) for call in calls]

    def __call__(self, sample, image):
        height = image.convert("RGB").getpixel((0, 0))[0]
        if height < self.unread_below:
            return {"height": "the ground <b>is</b> hidden & out of reach"}
        return {"height": Measurement(value=height / 255, unit="share", better="higher")}


def fields(folder, samples, persons, role="init"):
    """A manifest of as many fields, of as many persons; a field as 'person' goes with a garment."""
    picture("navy", SIZE).save(folder / "garment.png")
    lines, more = [], {"garment": "garment.png"} if role == "person" else {}
    for number in range(samples):
        picture(f"#{40 + number % 7:02x}6080", SIZE).save(folder / f"field{number}.png")
        pictures = {role: f"field{number}.png", **more}
        line = {"sample_id": f"s{number:02}", "pictures": pictures, "wish": f"Climb {number}."}
        lines.append(json.dumps({**line, "known": {"person_id": f"p{number % persons}"}}))
    (folder / "fields.jsonl").write_text("\n".join(lines))
    return folder / "fields.jsonl"


def searched(folder, strategy="eacps", *, samples=3, persons=None, name="", walker=None, unread_below=0, **options):
    """One run of a strategy over the fields, opened."""
    folder.mkdir(exist_ok=True)
    parameters = BatchParameters.checked(
        source=str(fields(folder, samples, persons or samples)),
        output=str(folder / (name or strategy)),
        flow="search",
        options={"strategy": strategy, "weights": HEIGHT, "judged": "none", **options},
    )
    models = {"generator": walker or Walker(), "scorer": Surveyor(unread_below)}
    return open_run(run_batch(parameters, models=models, progress=False).url)


def in_pairs(folder, judge, flow="search", **options):
    """One run over two fields with a garment each, every candidate or attempt judged."""
    folder.mkdir(exist_ok=True)
    searching = {"strategy": "eacps", "weights": HEIGHT, "judged": "chosen"} if flow == "search" else {}
    parameters = BatchParameters.checked(
        source=str(fields(folder, 2, 2, "person")),
        output=str(folder / flow),
        flow=flow,
        options={**searching, **options},
        run={"workers": 1},  # so that a scripted judge answers sample by sample
    )
    models = {"generator": Walker(), "judge": judge, **({"scorer": Surveyor()} if flow == "search" else {})}
    return open_run(run_batch(parameters, models=models, progress=False).url)


def held_out(*runs, metrics=("truth",), reason="no true picture"):
    """The truth of every candidate, as an evaluation of these runs would give it; 'height' is what selects."""
    rows = []
    for run in runs:
        for record in run.records:
            for step in record.steps:
                red, green, _ = run.picture(step.picture).convert("RGB").getpixel((0, 0))
                values = {"truth": green / 255, "height": red / 255}
                rows += [
                    {"run": run.store.url, "sample_id": record.sample_id, "person": record.person, "step": step.number}
                    | {"metric": name, "value": values.get(name, float("nan")), "unit": "share", "better": "higher"}
                    | {"scorer": "judge of truth" if name != "height" else "surveyor"}
                    | {"reason": "" if name in values else reason}
                    for name in metrics
                ]
    return pd.DataFrame(rows)
