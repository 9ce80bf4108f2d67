"""The field's numbers of finished pictures, with the card of their protocol.

RESULTS is a run, or a folder of pictures named by sample id; SOURCE is where the samples are, such as
viton-hd:/data/VITON-HD:unpaired, and may be left out for a run. What cannot be computed is unscored, with the reason.
"""

import argparse
import sys
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, get_args

from ..errors import BadInput, MissingWeights, StorageError, TryonError
from ..models import load
from ..models.scorers.deep.inception_features import NAME, load_features
from ..sources import open_source
from .comparison import compared
from .evaluated import Evaluation, read_evaluation
from .evaluating import evaluate
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
    parser.add_argument("--pairing", choices=get_args(Pairing), help="the samples' own where it is left out")
    parser.add_argument("--size", default="768x1024", help="WIDTHxHEIGHT in pixels at which pictures are compared")
    for name, kind in (("resize", Resize), ("frame", Frame), ("repaint", Repaint)):
        default = Protocol.model_fields[name].default
        parser.add_argument(f"--{name}", choices=get_args(kind), default=default, help=f"({default})")
    parser.add_argument("--lpips", default="lpips", help="name of the LPIPS model; '' for none (lpips)")
    parser.add_argument("--features", default=NAME, help=f"name of FID's network; '' for none ({NAME})")
    for name in ("lpips", "features"):
        parser.add_argument(f"--{name}-weights", default="", help="folder of its converted weights")
    parser.add_argument("--device", default="", help="of both networks: cuda, cpu; else what there is")
    parser.add_argument("--scorer", action="append", default=[], help="a further scorer by name; may be repeated")
    parser.add_argument("--limit", type=int, help="the first so many samples alone")
    parser.add_argument("--output", default="", help="write all numbers and the card there, as JSON")
    parser.add_argument("--against", action="append", default=[], help="compare with an evaluation written before")
    return parser


def _evaluated(asked: argparse.Namespace) -> Evaluation:
    source = open_source(asked.source, limit=asked.limit) if asked.source else None
    width, _, height = asked.size.partition("x")
    chosen = {name: getattr(asked, name) for name in ("pairing", "resize", "frame", "repaint")}
    return evaluate(
        asked.results,
        source,
        protocol_of(width_px=width, height_px=height, **chosen),
        lpips=_lpips(asked),
        features=_loaded(load_features, asked.features, asked.features_weights, asked.device),
        scorers=[load(name, "scorer") for name in asked.scorer],
    )


def _lpips(asked: argparse.Namespace) -> Distances | str:
    model = _loaded(partial(load, role="scorer"), asked.lpips, asked.lpips_weights, asked.device)
    if not isinstance(model, str) and not hasattr(model, "distances"):
        raise BadInput(f"{asked.lpips} is a scorer that tells no pair of pictures apart; give lpips, or toy:lpips")
    return model


def _loaded(loader: Callable[..., Any], name: str, weights: str, device: str) -> Any:
    """A network; the reason for none where none is asked for, or its weights are not here and no folder was given."""
    if not name:
        return "left out, as asked"
    given = {"weights": weights, "device": device}
    try:
        return loader(name, **{option: value for option, value in given.items() if value})
    except MissingWeights as e:
        if weights:
            raise
        return str(e)


def _write(path: Path, evaluation: Evaluation) -> None:
    try:
        path.write_text(evaluation.model_dump_json(indent=1))
    except OSError as e:
        raise StorageError(f"{path}: cannot be written ({e.strerror}); give another --output") from e


if __name__ == "__main__":
    sys.exit(main())
