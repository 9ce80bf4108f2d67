"""InsightFace's weights: on which licence they are used, where their user puts them, what a card says of them.

A bare name would make InsightFace download and unpack a zip: it only ever gets the whole path of what is there.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from ...errors import BadInput, MissingWeights
from ...records import ModelCard
from ...text import got
from ..specs import SPECS, TOY
from ..toy import toy_folder
from .insight_files import OnnxFile

PLACE = "~/.insightface/models"  # InsightFace's own
SWAPPER, ANALYSIS = "inswapper_128.onnx", "buffalo_l"
_FAMILY = "insightface"  # of models.toy


def check_usable(name: str, accepted: Any) -> None:
    """Looks at no file.

    raises   BadInput unless the licence of research is accepted, which a toy does not need; MissingWeights where
             InsightFace cannot be imported
    """
    if not name.startswith(TOY) and accepted is not True:
        value = "" if accepted is False else f"; {got(accepted)}"
        raise BadInput(
            f"{name} is not loaded: its weights are for non-commercial research only, says the README of "
            f"deepinsight/insightface (License); give accept_research_licence=True if that is what you do{value}"
        )
    try:
        import insightface  # noqa: F401
    except ImportError as e:
        raise MissingWeights(
            f"{name} needs the library insightface ({e}); run `make setup`, or `pip install --no-deps insightface onnx`"
        ) from e


def path_of(name: str, option: str, value: Any, usual: str) -> Path:
    """The whole path of what an option names, there or not; of `usual` in a toy's folder or InsightFace's own place.

    raises   BadInput for no text, for a path given to a toy; MissingWeights for a home folder that is not there
    """
    if not isinstance(value, str) or not value.isprintable():
        raise BadInput(f"{option} of {name} is text, the path of what lies on this machine; {got(value)}")
    if name.startswith(TOY):
        if value:
            raise BadInput(f"{name} has files of its own; leave {option} out, or load {name.removeprefix(TOY)!r}")
        return toy_folder(_FAMILY) / usual
    try:
        return Path(value or f"{PLACE}/{usual}").expanduser().resolve()
    except RuntimeError as e:
        raise MissingWeights(f"there is no home folder for {option} of {name}; give the whole path") from e


def card_of(name: str, file: OnnxFile, analysis: Mapping[str, OnnxFile]) -> ModelCard:
    """The card of a model in a file, with the SHA-256 of each file that its answers depend on."""
    spec, toy = SPECS[name.removeprefix(TOY)], name.startswith(TOY)
    made = f"a detector of bright squares and random weights, in the graphs of {spec.repo}"
    return ModelCard(
        name=name,
        revision=f"sha256-{file.sha256}",
        licence="none: made by code" if toy else spec.licence,
        kind="toy" if toy else "real",
        settings={kind: f"sha256-{analysis[kind].sha256}" for kind in ("detection", "recognition")},
        source=made if toy else spec.repo,
    )
