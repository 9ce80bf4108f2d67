"""What every large model takes about its weights and its device: one record, which each builder takes whole.

There is no option for gradient checkpointing: it saves what a backward pass would need, and nothing at inference.

`models.load` takes its fields by their names, beside the options that a builder has of its own.
"""

from dataclasses import dataclass, fields
from typing import Any, ClassVar

from ...errors import BadInput, UnknownName
from ...text import got, shortened

DTYPES = {"bfloat16": 2, "float32": 4}  # bytes a number
PIPELINE = ("resident", "offload", "group", "fp8", "int8", "int4")  # what each policy means: residency.py
WHOLE = ("resident", "fp8", "int8", "int4")
MOST_AT_ONCE = 512  # as of a run's max_batch
MOST_GB = 1e6


@dataclass(frozen=True, kw_only=True)
class DeviceOptions:
    """For a model that is loaded in one piece.

    name       of the model, for sentences; `models.load` fills it in
    weights    a local folder in the hub's layout; empty: the hub's cache, or a download where the hub may be asked
    revision   of the hub's repository in place of the spec's: a commit, tag or branch
    device     'cpu', 'cuda' or 'cuda:1'; empty: a GPU where there is one
    dtype      'bfloat16' or 'float32'; empty: bfloat16 on a GPU, float32 on a CPU. On a CPU, weights in the format of
               their file stay in it: they are read as they are used, and processes share them (an 8.9 GB judge loads in
               0.14 GB); another format is a copy, while the file is read as much again
    memory_gb  what the model may use, in 10^9 bytes; 0: what is free on the GPU and promised to no other model
    policy     how the weights are held, one of POLICIES; empty: the first that fits
    at_once    samples of a batch that room is left for
    keep_gib   what may be kept between calls, in GiB; less where there is less room
    spill_gib  how much of what that has no room for may be kept in the host's memory, in GiB
    attention  how attention is computed, by the library's own name; empty: what the library takes by itself
    """

    POLICIES: ClassVar[tuple[str, ...]] = WHOLE

    name: str = "this model"
    weights: str = ""
    revision: str = ""
    device: str = ""
    dtype: str = ""
    memory_gb: float = 0
    policy: str = ""
    at_once: int = 1
    keep_gib: float = 4.0
    spill_gib: float = 0.0
    attention: str = ""

    def __post_init__(self) -> None:
        for each in fields(self):  # of text and of yes or no; numbers are held to their bounds below
            value = getattr(self, each.name)
            if each.type in (str, bool) and not isinstance(value, each.type):
                kind = "text" if each.type is str else "true or false"
                raise BadInput(f"{each.name} for {self.name} is {kind}, {got(value)}")
        if self.dtype and self.dtype not in DTYPES:
            raise BadInput(f"{self.name} runs in {' or '.join(DTYPES)}, got {self.dtype!r}")
        if self.policy and self.policy not in self.POLICIES:
            raise UnknownName(f"policy of {self.name}", self.policy, self.POLICIES)
        if not _is_number(self.at_once, int) or not 1 <= self.at_once <= MOST_AT_ONCE:
            most = f"how many samples room is left for, 1 to {MOST_AT_ONCE}"
            raise BadInput(f"at_once for {self.name} is {most}, got {shortened(repr(self.at_once))}")
        for option in ("memory_gb", "keep_gib", "spill_gib"):
            amount = getattr(self, option)
            if not _is_number(amount, int | float) or not 0 <= amount < MOST_GB:
                raise BadInput(f"{option} for {self.name} is an amount of memory, 0 or more, {got(amount)}")

    @property
    def keep_bytes(self) -> int:
        return int(self.keep_gib * 2**30)

    @property
    def spill_bytes(self) -> int:
        return int(self.spill_gib * 2**30)

    def recorded(self) -> dict[str, Any]:
        """What a card says of them beside the plan's policy and dtype: what was asked for and may change an answer."""
        return {"attention": self.attention} if self.attention else {}


@dataclass(frozen=True, kw_only=True)
class WholeOptions(DeviceOptions):
    """For a model of less than a billion weights: nothing of it is moved or held smaller.

    dtype  float32 where nothing is said, on a GPU too: bfloat16 rounds to 3 digits what is compared in the third
    """

    POLICIES: ClassVar[tuple[str, ...]] = ("resident",)

    dtype: str = "float32"


@dataclass(frozen=True, kw_only=True)
class PipelineOptions(DeviceOptions):
    """For a pipeline of several components, whose weights can also be moved between the device and the host.

    tiling   the VAE works in tiles: less memory; each is normalised by itself, so their light differs a little
    compile  torch.compile of the transformer's repeated blocks, at its first call
    """

    POLICIES: ClassVar[tuple[str, ...]] = PIPELINE

    keep_gib: float = 8.0
    tiling: bool = False
    compile: bool = False

    def recorded(self) -> dict[str, Any]:
        chosen = {name: getattr(self, name) for name in ("tiling", "compile")}
        return super().recorded() | {name: value for name, value in chosen.items() if value}


def _is_number(value: Any, kind: Any) -> bool:
    return isinstance(value, kind) and not isinstance(value, bool)
