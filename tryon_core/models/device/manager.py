"""Several models in one process under one budget: read when they are first used, the longest unused put out."""

import itertools
import math
import threading
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from typing import Any

from ...errors import BadInput
from ...text import got
from .. import check_options, declared, load, named, role_of
from .held import Storages, free_unused, keep_less, kept_bytes, plan_of, weights_of
from .managed import Managed
from .needs import BUDGET
from .options import MOST_GB
from .residency import LEAST_KEPT, Plan, free_bytes


@dataclass(eq=False)
class Slot:
    """One model of a manager, in memory or not.

    model    None while it is not in memory
    weights  its storages, as they were when it was loaded
    at_work  thread -> calls that it is in
    used     number of the last use over all models; larger is later
    device   where it is or was; '' before it is read, and for a model that residency did not place
    known    what its handles have learnt of it that stays so when it is put out
    turn     held by the call that a large model works on; an embedded one, or a server, answers several at once
    """

    name: str
    role: str
    options: dict[str, Any]
    model: Any = None
    plan: Plan | None = None
    weights: Storages = field(default_factory=dict)
    at_work: Counter[int] = field(default_factory=Counter)
    used: int = 0
    loads: int = 0
    device: str = ""
    known: dict[str, Any] = field(default_factory=dict)
    turn: AbstractContextManager[Any] = field(default_factory=nullcontext)

    @property
    def on_device(self) -> Storages:
        """Its storages that lie on the device it works on; a model that is moved there has them in the host's memory"""
        where = self.device.partition(":")[0]
        return {key: size for key, size in self.weights.items() if key[0].startswith(where)}

    @property
    def promised(self) -> int:
        return self.plan.promised_bytes if self.plan else 0

    @property
    def spare(self) -> int:
        """What it may keep between calls beyond the least: room for another model."""
        return max(0, self.plan.keep_bytes - LEAST_KEPT) if self.plan else 0

    def give_up(self, spare_bytes: int) -> None:
        keep_less(self.model, self.plan.keep_bytes - spare_bytes)
        self.plan = plan_of(self.model)
        self.known = {path: value for path, value in self.known.items() if not path.endswith("samples_kept")}


@dataclass(frozen=True, kw_only=True)
class Resident:
    """A model that is in memory now, in bytes.

    own      weights on its device, those that a model used later has too counted there
    shared   weights that are counted there
    working  promised to its calls, an estimate; of what moves its weights also their place on the device
    may_keep promised to what it keeps between calls; kept: how much of it is taken at this moment
    loads    how often it was read from disk
    """

    name: str
    policy: str
    device: str
    own: int
    shared: int
    working: int
    may_keep: int
    kept: int
    loads: int
    at_work: bool


class Manager:
    """Gives out models that are read at their first use and put out, the longest unused first, when another needs room.
    What the others may keep between calls beyond the least is given up before that, where it is enough.

    A model that is working is never put out: who needs its room waits until it is done. Two who ask for the same name
    with the same options get the same model. Weights count once, however many models have them (held.weights_of).
    What an embedded model takes is not counted.

    memory_gb  what all models together may use, in 10^9 bytes, of the one device they are on; 0: what the GPU has, and
               without a GPU no bound
    """

    def __init__(self, memory_gb: float = 0):
        if isinstance(memory_gb, bool) or not isinstance(memory_gb, int | float) or not 0 <= memory_gb < MOST_GB:
            raise BadInput(f"memory_gb of a manager is an amount of memory, 0 or more, {got(memory_gb)}")
        self.bound = memory_gb * 1e9
        self._slots: list[Slot] = []
        self._uses = itertools.count(1)
        self._changed = threading.Condition()  # guards the slots
        self._loading = threading.RLock()  # one model is read at a time
        self._queued: Counter[int] = Counter()  # threads that want a model read
        self._beside: Storages = {}  # weights that the model which is being read shares; they stay, whoever goes

    def load(self, name: str, role: str = "", **options: Any) -> Managed:
        """As models.load; nothing is read before something is asked of the model that its class does not state.

        raises   UnknownName, and BadInput for a function's options, now; what else models.load raises, at the first use
        """
        name = named(name)
        accepted, role = check_options(name, role, options), role_of(name, role)
        with self._changed:
            wanted = (name, role, options)
            slot = next((one for one in self._slots if (one.name, one.role, one.options) == wanted), None)
            if slot is None:
                turn = threading.RLock() if "memory_gb" in accepted else nullcontext()
                slot = Slot(name, role, options, known=declared(name, role), turn=turn)
                self._slots.append(slot)
        return Managed(self, slot)

    def resident(self) -> list[Resident]:
        """The models in memory now, the latest used first."""
        with self._changed:
            counted: Storages = {}
            return [_resident(slot, counted) for slot in sorted(self._there(), key=lambda slot: -slot.used)]

    @property
    def held_bytes(self) -> int:
        """What the models in memory take: each storage once, and what is promised to each."""
        with self._changed:
            there = self._there()
            weights = self._beside | {key: size for slot in there for key, size in slot.on_device.items()}
            return sum(weights.values()) + sum(slot.promised for slot in there)

    def put_out(self, name: str = "") -> list[str]:
        """Put the models of this name out of memory, or all; returns the names. One that is working stays."""
        with self._changed:
            idle = [slot for slot in self._idle() if name in ("", slot.name)]
            for slot in idle:
                self._put_out(slot)
            return [slot.name for slot in idle]

    @contextmanager
    def working(self, slot: Slot) -> Iterator[Any]:
        """The model of a slot, in memory for as long as this lasts."""
        me = threading.get_ident()
        self._begin(slot, me)
        try:
            yield slot.model
        finally:
            with self._changed:
                slot.at_work[me] -= 1
                slot.at_work += Counter()  # drops zeros
                slot.used = next(self._uses)
                self._changed.notify_all()

    # ---- needs.Budget: what residency.decide asks while a model is loaded --------------------------------------------

    def room(self, free_bytes: float) -> float:
        return min(self.bound, free_bytes) if self.bound else free_bytes + self.held_bytes

    def freed(self, name: str, needed_bytes: int, device: str, beside: Mapping[tuple[str, int], int]) -> float:
        with self._changed:
            self._beside = dict(beside)
            while (free := self._free(device)) < needed_bytes:
                if idle := self._idle():
                    self._make_room(sorted(idle, key=lambda slot: slot.used), math.ceil(needed_bytes - free))
                elif self._can_wait():
                    self._changed.wait()
                else:
                    working = ", ".join(slot.name for slot in self._there()) or "nothing"
                    raise BadInput(
                        f"{name} needs {needed_bytes / 1e9:.3g} GB and {free / 1e9:.3g} GB are free beside {working}, "
                        "which is working; give the manager more memory_gb"
                    )
            return free

    # ------------------------------------------------------------------------------------------------------------------

    def _begin(self, slot: Slot, me: int) -> None:
        if self._took(slot, me):
            return
        with self._changed:
            self._queued[me] += 1
            self._changed.notify_all()
        try:
            with self._loading:
                while not self._took(slot, me):
                    self._read(slot)
        finally:
            with self._changed:
                self._queued[me] -= 1

    def _took(self, slot: Slot, me: int) -> bool:
        with self._changed:
            if slot.model is None:
                return False
            slot.at_work[me] += 1
            return True

    def _read(self, slot: Slot) -> None:
        token = BUDGET.set(self)
        try:
            model = load(slot.name, slot.role, **slot.options)
        finally:
            BUDGET.reset(token)
            self._beside = {}
        weights, plan = weights_of(model), plan_of(model)
        card = getattr(model, "card", None)
        if slot.known.setdefault("card", card) != card:
            raise BadInput(
                f"{slot.name} was put out of memory and its files are not those it was loaded from before; load it "
                "with a new manager, so that its answers are told apart"
            )
        with self._changed:
            slot.model, slot.weights, slot.plan = model, weights, plan
            slot.device, slot.loads = plan.device if plan else "", slot.loads + 1

    def _there(self) -> list[Slot]:
        return [slot for slot in self._slots if slot.model is not None]

    def _idle(self) -> list[Slot]:
        return [slot for slot in self._there() if not slot.at_work]

    def _can_wait(self) -> bool:
        """Whether a model will become idle: one that works in a thread which does not itself wait for a model."""
        return any(not self._queued[thread] for slot in self._there() for thread in slot.at_work)

    def _free(self, device: str) -> float:
        return self.bound - self.held_bytes if self.bound else free_bytes(device)

    def _make_room(self, idle: list[Slot], lacking_bytes: int) -> None:
        """Where it is enough they keep less between calls; else the first is put out.

        idle  the longest unused first
        """
        if sum(slot.spare for slot in idle) < lacking_bytes:
            self._put_out(idle[0])
            return
        for slot in idle:
            if given := min(slot.spare, lacking_bytes):
                slot.give_up(given)
                lacking_bytes -= given

    def _put_out(self, slot: Slot) -> None:
        slot.model, slot.plan, slot.weights = None, None, {}
        free_unused()


def _resident(slot: Slot, counted: Storages) -> Resident:
    """counted  what was counted with models before, to which this one's weights are added"""
    new = slot.on_device.keys() - counted.keys()
    own = sum(slot.on_device[key] for key in new)
    shared = sum(slot.on_device.values()) - own
    counted |= slot.on_device
    may_keep = slot.plan.keep_bytes if slot.plan else 0
    return Resident(
        name=slot.name,
        policy=slot.plan.policy if slot.plan else "",
        device=slot.device,
        own=own,
        shared=shared,
        working=slot.promised - may_keep,
        may_keep=may_keep,
        kept=kept_bytes(slot.model),
        loads=slot.loads,
        at_work=bool(slot.at_work),
    )
