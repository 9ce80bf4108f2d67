"""Render the people, the garment photographs, the true results, and their manifests again.

    python data_manifests/demo_people/render.py            everything, with the pins of requirements.txt
    python data_manifests/demo_people/render.py --samples 1 --only p1 stripes p1_stripes --out /some/folder
    python data_manifests/demo_people/render.py --seed 7   other people, into runs/people-7, never to be committed

The same pins give the same bytes.
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from pathlib import Path

import numpy as np
from body import load_reference
from lower_wardrobe import JOBS as LOWER_JOBS
from lower_wardrobe import PAIRS as LOWER_PAIRS
from PIL import Image
from portrait import photograph, portrait
from samples import DEMO, FOLDER, PAIRS, SUFFIX, describe, manifest_line
from tqdm.auto import tqdm
from unseen.album import render_album
from unseen.plan import plan_album, whole_number
from wardrobe import GARMENTS, PERSONS

MANIFESTS = Path(__file__).resolve().parent.parent
RUNS = MANIFESTS.parent / "runs"
COUNT = 24  # samples of an unseen set
WEBP = dict(quality=85, method=6, use_sharp_yuv=True)
SAMPLES = 2  # a pixel and axis: three cost twice the time and are not to be told apart at this quality


def save(picture: np.ndarray, path: Path) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(picture).save(path, **WEBP)


def all_jobs(samples: int) -> list[tuple[str, str, Callable[[], np.ndarray]]]:
    """Name, file and drawing of every picture; the pictures of one person follow each other."""
    jobs = [
        (name, f"persons/{name}", lambda name=name: portrait(name, PERSONS[name].old_top, samples)) for name in PERSONS
    ]
    jobs += [(name, f"garments/{name}", lambda name=name: photograph(GARMENTS[name], samples)) for name in GARMENTS]
    jobs += [
        (Path(truth).name, truth, lambda pair=pair: portrait(pair.person, GARMENTS[pair.garment], samples))
        for truth, pair in sorted({pair.truth: pair for pair in (*PAIRS, *DEMO)}.items())
    ]
    return jobs + [(name, file, lambda draw=draw: draw(samples)) for name, file, draw in LOWER_JOBS]


def render_unseen(parser: argparse.ArgumentParser, args: argparse.Namespace) -> None:
    """Render the set of one seed and print how often each feature occurs."""
    if args.only:
        parser.error("--only is for the committed set; a SEED's set is drawn whole")
    try:
        seed = whole_number(args.seed, least=0, name="SEED")
        count = whole_number(args.count or str(COUNT), least=1, name="COUNT")
    except ValueError as error:
        parser.error(str(error))
    album, folder = plan_album(seed, count), args.out or RUNS / f"people-{seed}"
    load_reference()
    render_album(album, folder, args.samples)
    print(f"{folder}/people.jsonl: {count} samples of {len(album.people)} people, seed {seed}; samples with")
    print("\n".join(f"  {value:3} {feature}" for feature, value in album.counts().items()))


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--samples", type=int, default=SAMPLES, help="samples a pixel and axis")
    parser.add_argument("--only", nargs="*", help="names of pictures: p1 stripes p1_stripes")
    parser.add_argument("--out", type=Path, help="folder that gets people/ and the manifests")
    parser.add_argument("--seed", help="render unseen people of this seed instead")
    parser.add_argument("--count", help=f"samples of the unseen set ({COUNT})")
    args = parser.parse_args()
    if args.seed is not None:
        return render_unseen(parser, args)
    if args.count:
        parser.error("COUNT is for an unseen set: give a SEED too; the committed set has its own size")
    args.out = args.out or MANIFESTS
    jobs = all_jobs(args.samples)
    if unknown := set(args.only or ()) - {name for name, _, _ in jobs}:
        parser.error(
            f"no picture is called {', '.join(sorted(unknown))}; known: {', '.join(name for name, _, _ in jobs)}"
        )
    load_reference()
    for _name, file, draw in tqdm([job for job in jobs if not args.only or job[0] in args.only], desc="pictures"):
        save(draw(), args.out / FOLDER / f"{file}{SUFFIX}")
    if all((args.out / FOLDER / f"{file}{SUFFIX}").exists() for _, file, _ in jobs):
        upper = [manifest_line(pair, args.out) for pair in PAIRS]
        lower = [describe(args.out, **pair) for pair in LOWER_PAIRS]
        demo = [manifest_line(pair, args.out) for pair in DEMO]
        for name, lines in (("people.jsonl", upper + lower), ("demo.jsonl", demo)):
            (args.out / name).write_text("".join(line + "\n" for line in lines), encoding="utf-8")


if __name__ == "__main__":
    main()
