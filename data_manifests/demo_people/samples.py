"""Which picture goes with which: the samples of both halves, the demo's eight, and their manifest lines."""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from pathlib import Path

from clothes import GARMENTS, Garment
from wardrobe import PERSONS, Person

FOLDER, SUFFIX = "people", ".webp"
COMMITTED = f"{FOLDER}/{{}}{SUFFIX}"  # where the committed pictures lie below their manifests
SLEEVE_M, HEM_M, NECK_M = 0.05, 0.04, 0.02  # less cloth than the old top by this much shows skin nobody has seen
LONG_SLEEVE_M = 0.30  # half of an arm
LONGER_M = 0.10  # sleeves longer by this much cover an arm whose shape the old ones may have hidden


@dataclass(frozen=True, kw_only=True)
class Pair:
    """A person, a garment, and what is asked for."""

    sample_id: str
    person: str
    garment: str
    difficulty: str

    @property
    def truth(self) -> str:
        return f"truth/{self.person}_{self.garment}"


def difficulty(person: Person, new: Garment) -> str:
    """Hard where arms or hips must be invented (the new sleeves or hem are shorter) or something lies over the top (a
    hand on the hip, long hair); medium where the sleeves grow much longer, the neckline sinks, or the collar stands or
    folds; else easy."""
    old, cut = person.old_top.cut, new.cut
    shorter = cut.sleeve_m < old.sleeve_m - SLEEVE_M or cut.hem_z > old.hem_z + HEM_M
    if shorter or person.hand_on_hip or person.haircut.style == "long":
        return "hard"
    lower_neck = max(cut.neck_drop_m - old.neck_drop_m, cut.neck_half_m - old.neck_half_m) > NECK_M
    longer = cut.sleeve_m > old.sleeve_m + LONGER_M
    return "medium" if longer or lower_neck or cut.stand_m or cut.leaf_m else "easy"


def change(person: Person, new: Garment) -> str:
    """How far what is worn and what is asked for differ: a slice of the samples."""
    if person.skirt is not None:
        return "another kind"  # a top in place of a dress
    old, asked = _sleeves(person.old_top), _sleeves(new)
    return "same cut" if old == asked else "longer sleeves" if asked > old else "shorter sleeves"


def _sleeves(top: Garment) -> int:
    """0 for none, 1 for short ones, 2 for long ones."""
    return (top.cut.sleeve_m > 0) + (top.cut.sleeve_m > LONG_SLEEVE_M)


PAIRS = tuple(
    Pair(sample_id=f"{name}_{garment}", person=name, garment=garment, difficulty=difficulty(person, new))
    for name, person in PERSONS.items()
    for garment, new in GARMENTS.items()
    if new.split == person.split
)

DEMO = tuple(
    Pair(sample_id=f"demo_{number:02}_{garment}", person=person, garment=garment, difficulty=level)
    for number, (person, garment, level) in enumerate(
        (
            ("p1", "stripes", "easy"),
            ("p2", "lab", "easy"),
            ("p3", "blocks", "easy"),
            ("p3", "dots", "medium"),
            ("p1", "checks", "medium"),
            ("p4", "loop", "medium"),
            ("p3", "blossoms", "hard"),
            ("p4", "white", "hard"),
        ),
        start=1,
    )
)


def manifest_line(pair: Pair, root: Path) -> str:
    """One sample as a line of JSON; its three pictures must lie under `root`."""
    garment = GARMENTS[pair.garment]
    return describe(
        root,
        sample_id=pair.sample_id,
        person=f"persons/{pair.person}",
        garment=f"garments/{pair.garment}",
        truth=pair.truth,
        wish=f"The person wears the {garment.words}; everything else stays as it is.",
        garment_type="upper",
        difficulty=pair.difficulty,
        gender=PERSONS[pair.person].gender,
        pattern=garment.kind,
        split=garment.split,
        known={"change": change(PERSONS[pair.person], garment)},
    )


def describe(
    root: Path,
    *,
    sample_id: str,
    person: str,
    garment: str,
    truth: str,
    place: str = COMMITTED,
    **known: str | dict[str, str | int],
) -> str:
    """A manifest line with the files' digests and where they come from; what is not known ("") is left out.

    place   where a picture of this name ("{}") lies below `root`
    """
    names = {"person": person, "garment": garment, "truth": truth}
    files = {role: place.format(name) for role, name in names.items()}
    sums = {role: hashlib.sha256((root / file).read_bytes()).hexdigest() for role, file in files.items()}
    return json.dumps(
        {
            "sample_id": sample_id,
            **files,
            **{key: value for key, value in known.items() if value},
            "sha256": sums,
            "source": "rendered with anny 0.6.2, data_manifests/demo_people",
            "licence": "CC0-1.0; body data MakeHuman CC0",
            "consent": "no real person is shown",
        }
    )
