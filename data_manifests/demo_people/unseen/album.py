"""Draw a whole set of unseen people: its pictures as JPEG files, and its manifest with what each sample shows."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path

import numpy as np
from clothes import REPORTING, Garment
from full_length import Lower
from samples import describe
from tqdm.auto import tqdm

from unseen.lens import save_photograph
from unseen.lowers import lower_of
from unseen.papers import photograph_of
from unseen.plan import Album, Plan
from unseen.portraits import portrait_of
from unseen.tops import top_of
from unseen.wearers import wearer_of

FILES = "{}.jpg"  # of a sample's pictures, below the set's folder
PERSON_SHOT = 0  # the photograph's own noise; the true pictures of a person count on from 1
TOP_LEVEL = ("gender", "garment_type", "pattern")  # facts that the manifest has keys of their own for

Draw = Callable[[int], np.ndarray]  # samples a pixel and axis -> uint8 RGB (1024, 768, 3)


def render_album(album: Album, folder: Path, samples: int) -> None:
    """Draw every picture of the set, then write `people.jsonl` beside them."""
    jobs = list(_jobs(album))
    for file, quality, draw in tqdm(jobs, desc="pictures"):
        save_photograph(draw(samples), folder / FILES.format(file), quality)
    lines = [_line(album, folder, person, garment) for person, garment in album.pairs]
    (folder / "people.jsonl").write_text("".join(line + "\n" for line in lines), encoding="utf-8")


def garment_of(plan: Plan) -> Garment | Lower:
    """What a garment's plan describes."""
    return top_of(plan) if plan.facts["garment_type"] == "upper" else lower_of(plan)


def _jobs(album: Album) -> Iterator[tuple[str, int, Draw]]:
    """File, JPEG quality and drawing of every picture: garments first, then each person with their true pictures."""
    garments = {plan.name: garment_of(plan) for plan in album.garments}
    for plan in album.garments:
        quality = int(np.random.default_rng([plan.seed, 7]).integers(85, 96))
        yield f"garments/{plan.name}", quality, partial(photograph_of, plan, garments[plan.name])
    for plan in album.people:
        wearer = wearer_of(plan)
        yield (
            f"persons/{plan.name}",
            wearer.lens.quality,
            partial(portrait_of, wearer, None, shot=PERSON_SHOT),
        )
        worn = [garment for person, garment in album.pairs if person is plan]
        for shot, garment in enumerate(worn, start=PERSON_SHOT + 1):
            draw = partial(portrait_of, wearer, garments[garment.name], shot=shot)
            yield f"truth/{plan.name}_{garment.name}", wearer.lens.quality, draw


def _line(album: Album, folder: Path, person: Plan, garment: Plan) -> str:
    """One sample as a line of JSON, with every feature of person and garment under `known`."""
    name = f"{person.name}_{garment.name}"
    facts = {key: value for key, value in (person.facts | garment.facts).items() if key not in TOP_LEVEL}
    return describe(
        folder,
        place=FILES,
        sample_id=f"unseen{album.seed}_{name}",
        person=f"persons/{person.name}",
        garment=f"garments/{garment.name}",
        truth=f"truth/{name}",
        wish=f"The person wears the {garment_of(garment).words}; everything else stays as it is.",
        garment_type=garment.facts["garment_type"],
        gender=person.facts["gender"],
        pattern=garment.facts["pattern"],
        split=REPORTING,
        known={"seed": album.seed, "person_id": f"unseen{album.seed}_{person.name}"} | facts,
    )
