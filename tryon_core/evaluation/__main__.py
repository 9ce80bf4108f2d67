"""The field's numbers of finished pictures, with the card of their protocol.

RESULTS is a run, or a folder of pictures named by sample id; SOURCE is where the samples are, such as
viton-hd:/data/VITON-HD:unpaired, and may be left out for a run. What cannot be computed is unscored, with the reason.
"""

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, get_args

from ..errors import BadInput, MissingWeights, StorageError, TryonError, UnknownName
from ..models import load
from ..sources import open_source
from .evaluated import Evaluation, compared, read_evaluation
from .evaluating import evaluate, pairing_of
from .instruments import Distances
from .protocol import Frame, Pairing, Protocol, Repaint, Resize, protocol_of


def main(arguments: Sequence[str] | None = None) -> int:
    """Print the numbers and the card; 1 with a sentence for what cannot be evaluated or compared."""
    asked = _parser().parse_args(arguments)
    try:
        evaluation = _evaluated(asked)
        print(evaluation)
        if asked.output:
            _write(Path(asked.output), evaluation)
        if asked.against:
            print(compared(evaluation, *(read_evaluation(Path(path)) for path in asked.against)).to_string())
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tryon_core.evaluation",
        description=__doc__,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("results", help="a run, or a folder of pictures")
    parser.add_argument(
        "source", nargs="?", default="", help="where the samples are; the run's own where it is left out"
    )
    parser.add_argument("--pairing", choices=get_args(Pairing), help="the source's own where it is left out")
    parser.add_argument("--size", default="768x1024", help="WIDTHxHEIGHT in pixels at which pictures are compared")
    for name, kind in (("resize", Resize), ("frame", Frame), ("repaint", Repaint)):
        default = Protocol.model_fields[name].default
        parser.add_argument(f"--{name}", choices=get_args(kind), default=default, help=f"({default})")
    parser.add_argument("--lpips", default="lpips", help="name of the LPIPS model; '' for none (lpips)")
    parser.add_argument("--scorer", action="append", default=[], help="a further scorer by name; may be repeated")
    parser.add_argument("--limit", type=int, help="the first so many samples alone")
    parser.add_argument("--output", default="", help="write all numbers and the card there, as JSON")
    parser.add_argument("--against", action="append", default=[], help="compare with an evaluation written before")
    return parser


def _evaluated(asked: argparse.Namespace) -> Evaluation:
    source = open_source(asked.source, limit=asked.limit) if asked.source else None
    width, _, height = asked.size.partition("x")
    choices = {"resize": asked.resize, "frame": asked.frame, "repaint": asked.repaint}
    if asked.pairing or source:
        choices["pairing"] = asked.pairing or pairing_of(source.listing().lines)
    protocol = protocol_of(width_px=width, height_px=height, **choices)
    scorers = [load(name, "scorer") for name in asked.scorer]
    return evaluate(asked.results, source, protocol, lpips=_lpips(asked.lpips), scorers=scorers)


def _lpips(name: str) -> Distances | str:
    """The network; where its weights are not here, the reason."""
    if not name:
        return "left out, as asked"
    try:
        model: Any = load(name, "scorer")
    except (MissingWeights, UnknownName) as e:
        return str(e)
    if not hasattr(model, "distances"):
        raise BadInput(f"{name} is a scorer that tells no pair of pictures apart; give lpips, or toy:lpips")
    return model


def _write(path: Path, evaluation: Evaluation) -> None:
    try:
        path.write_text(evaluation.model_dump_json(indent=1))
    except OSError as e:
        raise StorageError(f"{path}: cannot be written ({e.strerror}); give another --output") from e


if __name__ == "__main__":
    sys.exit(main())
