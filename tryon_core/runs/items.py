"""Jobs without samples: a crawl, an index, a chain of stages. A claimed place, the same journal, progress by item.

run.json           what runs: kind, parameters, models
items/<id>.json    one finished item: its result and what it cost
calls/, pictures/  as of any run
"""

import logging
import re
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from typing import Any, Literal

from PIL import Image
from pydantic import JsonValue

from .. import outages
from ..errors import BadInput, Damaged, ModelFailed, Refused, Stopped
from ..records import SAMPLE_ID, Digest, Record
from ..roles import ROLES, card_of
from ..steps import Ledger
from ..storage.store import Store, open_store
from .batching import serving
from .job import check_models
from .journal import Journal
from .kept.documents import parsed
from .kept.info import FlowInfo, RunInfo, claim, git_commit, package_versions
from .parameters import RunOptions
from .walk import Meter
from .workers import side_by_side


class ItemRecord(Record):
    """One item of a job: what came of it, as JSON, what it cost by argument, and the content keys of its calls."""

    item: str
    outcome: Literal["finished", "refused", "failed"]
    result: JsonValue = None
    reason: str = ""
    spent: Ledger = {}
    calls: tuple[Digest, ...] = ()


@dataclass(frozen=True)
class Tools:
    """What the work on an item is handed: models by argument, behind the journal, and a place for pictures."""

    models: Mapping[str, Any]
    journal: Journal

    def __getattr__(self, argument: str) -> Any:
        if argument not in self.models:
            raise AttributeError(f"this job has no model {argument!r}, only {', '.join(self.models) or 'none'}")
        return self.models[argument]

    def save(self, picture: Image.Image) -> str:
        """Keep a picture; returns its digest."""
        return self.journal.pictures.save(picture)


def run_items(
    kind: str,
    items: Sequence[str],
    work: Callable[[str, Tools], JsonValue],
    *,
    output: str | Store,
    parameters: Mapping[str, Any],
    models: Mapping[type, Any] | None = None,
    options: RunOptions | None = None,
    progress: bool = True,
) -> list[ItemRecord]:
    """Do `work` for each item and keep what comes of it; run again, finished items are not looked at again.

    kind        what runs, for run.json: 'crawl', 'index'
    items       ids, each of the characters a sample id may have
    work        an item and its tools -> its result as JSON
    output      a folder, an s3:// prefix, or a store
    parameters  all that decides the results, as JSON
    models      Protocol of a role -> model; the tools call it by the role's name
    raises      BadInput for ids that cannot be used; RunConflict where the output holds another job; Stopped
    """
    _check(items)
    store, options = open_store(output) if isinstance(output, str) else output, options or RunOptions()
    roles = {ROLES[protocol].name: (ROLES[protocol], model) for protocol, model in (models or {}).items()}
    info = RunInfo(
        flow=FlowInfo(name=kind, shape="stages", arguments={name: name for name in roles}),
        parameters=dict(parameters),
        models={name: card_of(model) for name, (_, model) in roles.items()},
        started_utc=f"{datetime.now(UTC):%Y-%m-%dT%H:%M:%SZ}",
        versions=package_versions(),
        commit=git_commit(),
    )
    stop, named = threading.Event(), {name: model for name, (_, model) in roles.items()}
    with outages.within(options.limits(stop)), serving(named, options.max_batch_of) as serve:
        claim(store, info)
        journal = Journal(store, stop=stop, check=partial(check_models, named))
        journal.look_once()

        def do(item: str) -> ItemRecord:
            meter = Meter()
            tools = {name: journal.model(serve[name], role, meter=meter) for name, (role, _) in roles.items()}
            return _item(item, work, Tools(tools, journal), meter)

        return side_by_side(
            do,
            items,
            workers=options.workers or 4,
            stop=journal.stop,
            progress=progress,
            journal=journal,
            unit="item",
        )


def _item(item: str, work: Callable[[str, Tools], JsonValue], tools: Tools, meter: Meter) -> ItemRecord:
    """The item's record, written once it is finished or refused; one that failed is tried again by the next run."""
    store, key = tools.journal.store, f"items/{item}.json"
    there = store.read_version(key)
    try:
        if there is not None:
            return _kept(store, key, there[0], item)
    except Damaged as e:
        logging.getLogger(__name__).warning(f"{e}; the item is done again, from the calls that were kept")
    if tools.journal.stop.is_set():
        raise Stopped("a stop was asked for before this item began")
    try:
        record = ItemRecord(
            item=item, outcome="finished", result=work(item, tools), spent=meter.taken(), calls=meter.calls()
        )
    except Refused as refusal:
        reason = f"{refusal.reason}: {refusal}"
        record = ItemRecord(item=item, outcome="refused", reason=reason, spent=meter.taken(), calls=meter.calls())
    except ModelFailed as e:
        return ItemRecord(item=item, outcome="failed", reason=str(e), spent=meter.taken(), calls=meter.calls())
    data = record.model_dump_json(indent=1).encode()
    if there is None:
        store.create(key, data)
    else:
        store.replace(key, data, there[1])
    return record


def _kept(store: Store, key: str, data: bytes, item: str) -> ItemRecord:
    record = parsed(store, key, data, ItemRecord)
    if record.item != item:
        raise Damaged(f"{store.url}/{key} is of item {record.item[:140]!r}")
    return record


def _check(items: Sequence[str]) -> None:
    for item in items:
        if not re.fullmatch(SAMPLE_ID, item):
            raise BadInput(
                f"item {item[:140]!r} cannot be used as an id; write 1-128 of A-Z a-z 0-9 . _ -, no dot first"
            )
    if len(set(items)) < len(items):
        raise BadInput("an item is named twice; name each once")
