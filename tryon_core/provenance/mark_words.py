"""What a marked picture says of itself, as a C2PA manifest: who drew it, of what, and what its sources allow."""

from typing import Any

from ..models.embedded import LICENCES
from ..records import ModelCard
from ..runs.kept.info import package_versions
from ..runs.reading import Run
from ..steps import SampleRecord, StepRecord
from .kept_calls import KeptCall
from .sample_lineage import SampleLineage

LINEAGE = "local.tryon-core.lineage"  # label of our own assertion; .local, as nobody owns a domain for it
DRAWS = ("generator", "enhancer", "face_swapper")  # roles whose answer is the picture itself, not a mask or a map
_SOURCE_TYPE = "http://cv.iptc.org/newscodes/digitalsourcetype/"


def manifest_of(run: Run, record: SampleRecord, step: StepRecord, lineage: SampleLineage) -> dict[str, Any]:
    """The manifest of a step's picture; pictures by the digest of their pixels, nothing of where files are kept."""
    above = lineage.above(step.picture)
    sources = {role: picture for role, picture in record.pictures.items() if picture in above}
    calls = _distinct([call for picture, call in lineage.drawn.items() if picture in above])
    drawing = [call for call in calls if call.role in DRAWS]
    return {
        "claim_generator_info": [{"name": "tryon-core", "version": package_versions().get("tryon-core", "unknown")}],
        "format": "image/png",
        "title": f"{record.sample_id}, step {step.number}",
        "ingredients": [_ingredient(role, picture, record) for role, picture in sources.items()],
        "assertions": [
            {"label": "c2pa.actions.v2", "data": {"actions": _actions(run, drawing, sources)}},
            {"label": LINEAGE, "data": _lineage(run, record, step, sources, calls)},
        ],
    }


def source_type(cards: list[ModelCard], *, of_pictures: bool) -> str:
    """IPTC's digital source type: whether what a trained model drew is in it, and other pictures are."""
    if all(_is_classical(card) for card in cards):
        return "composite" if of_pictures else "algorithmicMedia"
    return "compositeWithTrainedAlgorithmicMedia" if of_pictures else "trainedAlgorithmicMedia"


def _is_classical(card: ModelCard) -> bool:
    """Whether its pixels come from plain code: an embedded model, or a tool of one such as warp-repair."""
    return card.kind == "real" and (card.name in LICENCES or card.name.partition("-")[0] in LICENCES)


def _ingredient(role: str, picture: str, record: SampleRecord) -> dict[str, Any]:
    terms = {name: getattr(record.line, name) or "not stated" for name in ("licence", "consent", "source")}
    return {
        "title": role,
        "label": role,
        "format": "image/png",
        "relationship": "inputTo",
        "instance_id": f"sha256:{picture}",
        "description": "; ".join(f"{name}: {words}" for name, words in terms.items()),
    }


def _actions(run: Run, drawing: list[KeptCall], sources: dict[str, str]) -> list[dict[str, Any]]:
    """Created by the first model that drew, edited by each further one."""
    kind = source_type([call.model for call in drawing], of_pictures=bool(sources))
    created = {"action": "c2pa.created", "digitalSourceType": _SOURCE_TYPE + kind}
    created |= {"parameters": {"ingredientIds": list(sources)}} if sources else {}
    actions = [created, *({"action": "c2pa.edited"} for _ in drawing[1:])]
    for action, call in zip(actions, drawing, strict=False):
        action |= {"softwareAgent": {"name": call.drawn_by, "version": call.model.revision}}
        action |= {"description": f"{call.role} of the flow {run.info.flow.name}"}
    return actions


def _lineage(
    run: Run, record: SampleRecord, step: StepRecord, sources: dict[str, str], calls: list[KeptCall]
) -> dict[str, Any]:
    line = record.line
    terms = {"licence": line.licence, "consent": line.consent, "source": line.source}
    cards = [{"role": call.role, **call.model.model_dump(include=_OF_MODEL)} for call in calls]
    return {
        "flow": run.info.flow.name,
        "sample_id": record.sample_id,
        "step": step.number,
        "stage": step.stage,
        "pixels_sha256": step.picture,
        "sources": [{"role": role, "pixels_sha256": picture, **terms} for role, picture in sources.items()],
        "models": cards,
        "caution": run.caution,
    }


_OF_MODEL = {"name", "revision", "licence", "kind"}


def _distinct(calls: list[KeptCall]) -> list[KeptCall]:
    """One call per role and model, in order."""
    return list({(call.role, call.model.name, call.model.revision): call for call in reversed(calls)}.values())[::-1]
