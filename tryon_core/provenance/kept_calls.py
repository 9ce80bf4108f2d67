"""A kept call of any role as what lineage needs of it: the pictures that a model was shown, and those it answered."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from ..errors import Damaged
from ..records import ModelCard, RequestRecord, canonical
from ..runs.kept.keys import call_key
from ..storage.store import Store
from ..text import one_line, shortened

_ANSWER = ("answer", "refused", "spent", "pictures", "model")  # of a call's record; everything else was asked
_UNREADABLE = (ValueError, KeyError, TypeError, AttributeError, RecursionError)  # what damaged JSON raises


@dataclass(frozen=True, kw_only=True)
class KeptCall:
    """One call: digests of the pictures asked with and of those answered, in the order of the record.

    request  of a generator or an enhancer as canonical JSON; '' for other roles
    """

    role: str
    model: ModelCard
    asked: tuple[str, ...]
    answered: tuple[str, ...]
    request: str = ""

    @property
    def drawn_by(self) -> str:
        """The model's name, and that it is a toy or scripted where it is."""
        name, kind = self.model.name, self.model.kind
        return name if kind == "real" or kind in name else f"{name} ({kind})"


def kept_call(store: Store, key: str) -> KeptCall:
    """raises Damaged where the call is not there or cannot be read"""
    place = f"{store.url}/{call_key(key)}"
    data = store.read(call_key(key))
    if data is None:
        raise Damaged(f"{place} is missing, so what it was asked with is not known; copy the run again")
    try:
        return _call(json.loads(data))
    except _UNREADABLE as e:
        raise Damaged(f"{place} cannot be read ({shortened(one_line(str(e)))}); copy the run again") from e


def _call(document: dict[str, Any]) -> KeptCall:
    pictures = set(document["pictures"])
    asked = {name: value for name, value in document.items() if name not in _ANSWER}
    return KeptCall(
        role=str(document["role"]),
        model=ModelCard.model_validate(document["model"]),
        asked=tuple(dict.fromkeys(_named(asked, pictures))),
        answered=tuple(dict.fromkeys(_named(document.get("answer"), pictures))),
        request=request_text(document["request"]) if "request" in document else "",
    )


def request_text(request: Any) -> str:
    """The same for a request as a call and as a step keep it: a call leaves out hints that say nothing."""
    return canonical(RequestRecord.model_validate(request).model_dump(mode="json"))


def _named(value: Any, pictures: set[str]) -> Iterator[str]:
    """The texts in a document that name one of its pictures."""
    if isinstance(value, str) and value in pictures:
        yield value
    elif isinstance(value, dict | list):
        for part in value.values() if isinstance(value, dict) else value:
            yield from _named(part, pictures)
