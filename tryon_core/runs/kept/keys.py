"""Where the parts of a run are, by name."""

import hashlib
import re
from collections.abc import Sequence
from typing import Any

from ...errors import Damaged
from ...records import Decision, canonical
from ...steps import StepRecord

_DIGEST = re.compile(r"[0-9a-f]{64}")


def content_key(identity: dict[str, Any]) -> str:
    """Hex SHA-256 of the canonical JSON of everything an answer depends on."""
    return hashlib.sha256(canonical(identity).encode()).hexdigest()


def call_key(key: str) -> str:
    return f"calls/{key}.json"


def record_key(sample_id: str) -> str:
    return f"records/{sample_id}.json"


def branch_key(sample_id: str, name: str) -> str:
    return f"branches/{sample_id}/{name}.json"


def picture_key(name: str) -> str:
    """raises Damaged for what is no digest: a name comes from a record, and a record may come from anywhere"""
    if not isinstance(name, str) or not _DIGEST.fullmatch(name):
        raise Damaged(f"{str(name)[:80]!r} is no digest of a picture; the record that names it is damaged")
    return f"pictures/{name}.png"


def verdict_key(sample_id: str, step: StepRecord, steps: Sequence[StepRecord]) -> str:
    """The second name of a step's picture: <verdict>/<id>_tryon_iter<k>.png, k counting the judged ones of `steps`."""
    if step.judgement is None:
        return f"chosen/{sample_id}_step{step.number}.png"
    k = [one.number for one in steps if one.judgement is not None].index(step.number) + 1
    accepted, judged = step.decision is Decision.ACCEPT, step.judged
    folder = "correct_try_on" if accepted else f"incorrect_try_on_{k}" if judged else f"not_judged_{k}"
    return f"{folder}/{sample_id}_tryon_iter{k}.png"


def swapped_key(sample_id: str) -> str:
    """What recipes.swap_faces calls a swap for whoever takes it: traced as the same picture (provenance)."""
    return f"swapped/{sample_id}.png"
