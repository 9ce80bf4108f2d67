"""One run of the comparison, and its table."""

import os
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..models.flux2.flux2_build import STEPS
from .bound import Call, Rates, measured_rates, watched
from .pair import REPLY_TOKENS, SIZES_PX, Outcome, load_pair, middle, ours, ours_in_turn, plain, rounds, samples_of

_HIGH_WATER = Path("/proc/self/clear_refs")
STAGES = ("encode words", "encode references", "denoise", "decode picture", "judge prefill", "judge decode")


@dataclass(frozen=True)
class Measured:
    """Everything of one run. rounds: (plain, ours) each; the passes by stage are of their own and sequential."""

    size: str
    names: tuple[str, str]
    device: str
    rounds: list[tuple[Outcome, Outcome]]
    passes: dict[str, tuple[Outcome, list[Call]]]
    rates: Rates
    peak_gb: dict[str, float]

    @property
    def ratios(self) -> list[float]:
        """Ours over plain, round by round."""
        return [own.per_second / theirs.per_second for theirs, own in self.rounds]

    @property
    def apart(self) -> int:
        """Largest difference of a pixel between what the two ways drew, 0-255."""
        theirs, own = (one.pictures for one in self.rounds[0])
        return max(int(np.abs(np.asarray(theirs[k], int) - np.asarray(own[k], int)).max()) for k in theirs)

    @property
    def same_replies(self) -> float:
        theirs, own = (one.replies for one in self.rounds[0])
        return sum(theirs[key] == own[key] for key in theirs) / len(theirs)


def measure(
    size: str = "toy",
    *,
    generator: str = "flux2-klein-9b",
    judge: str = "qwen3-vl-32b",
    samples: int = 4,
    iterations: int = 2,
    batch: int = 4,
    repeats: int = 3,
    device: str = "",
    dtype: str = "",
    keep_gib: float = 4.0,
) -> Measured:
    """Both ways on the same models, samples and steps, in turn; then each once more with its stages watched."""
    from ..models.device.options import DeviceOptions
    from ..models.device.residency import placed

    options = placed(generator, DeviceOptions(device=device, dtype=dtype))
    device, dtype = options.device, options.dtype
    pair = load_pair(size, generator, judge, batch=batch, device=device, dtype=dtype, keep_gib=keep_gib)
    given = samples_of(samples, SIZES_PX[size])
    for way, few in ((plain, 1), (ours, batch)):  # warm-up: kernels are chosen and memory is taken
        way(pair, given[:few], 1)
    rates = measured_rates(device, dtype)
    done = rounds(pair, given, iterations, repeats)
    passes, peak = {}, {}
    for name, way in (("plain", plain), ("ours", ours_in_turn)):
        forget_peak(device)
        with watched(pair) as calls:
            passes[name] = way(pair, given, iterations), calls
        peak[name] = peak_gb(device)
    names = (pair.generator.card.name, pair.judge.card.name)
    return Measured(size, names, device_name(device), done, passes, rates, peak)


def in_words(found: Measured) -> list[str]:
    """The table."""
    theirs, own = ([one[side] for one in found.rounds] for side in (0, 1))
    count, ratios = len(theirs[0].pictures), found.ratios
    over = f" ({min(ratios):.2f} to {max(ratios):.2f} over {len(ratios)} rounds)" if len(ratios) > 1 else ""
    width, height = SIZES_PX[found.size]
    lines = [
        f"{found.names[0]} and {found.names[1]} on {found.device}",
        f"each way: {count} candidates of {width} x {height} pixels in {STEPS} steps, each judged in {REPLY_TOKENS} "
        "decoded tokens",
        f"judged candidates a second: plain {middle(theirs):.2f}, ours {middle(own):.2f}; ratio "
        f"{np.median(ratios):.2f}{over}",
        f"same work: pictures differ by at most {found.apart} of 255, {found.same_replies:.0%} of replies are equal",
        f"{'seconds in each stage':24}{'plain':>9}{'ours':>9}{'share of the bound reached':>30}",
    ]
    sums = {name: by_stage(calls, found.rates) for name, (_, calls) in found.passes.items()}
    for stage in STAGES:
        seconds = [sums[name][stage][0] for name in ("plain", "ours")]
        shares = " / ".join(_share(*sums[name][stage]) for name in ("plain", "ours"))
        lines.append(f"{stage:24}{seconds[0]:9.3f}{seconds[1]:9.3f}{shares:>30}")
    rest = [outcome.seconds - sum(s for s, _ in sums[name].values()) for name, (outcome, _) in found.passes.items()]
    lines.append(f"{'outside the networks':24}{rest[0]:9.3f}{rest[1]:9.3f}{'-':>30}")
    rates, bounds = found.rates, {name: sum(b for _, b in stages.values()) for name, stages in sums.items()}
    lines.append(
        f"the bound: {count / bounds['plain']:.3g} candidates a second for what plain computes and moves, "
        f"{count / bounds['ours']:.3g} for ours, at the {rates.flops_s / 1e12:.3g} TFLOP/s and "
        f"{rates.bytes_s / 1e9:.3g} GB/s measured here"
    )
    kept = found.rounds[0][1].kept
    lines.append("found again by ours: " + ", ".join(f"{name} {_hits(*counts)}" for name, counts in kept.items()))
    lines.append("peak memory: " + ", ".join(f"{name} {gb:.2f} GB" for name, gb in found.peak_gb.items()))
    return [*lines, *cautions(found)]


def _hits(hits: int, misses: int) -> str:
    return f"{hits} of {hits + misses} ({hits / (hits + misses):.0%})"


def cautions(found: Measured) -> list[str]:
    """What the numbers do not say."""
    lines = ["random weights: the time is theirs, the pictures and judgements mean nothing"]
    if found.size == "toy":
        lines.append("toy sizes: the ratio is of this run alone and says little about the true sizes or about a GPU")
    if found.device.startswith("cpu"):
        since = "while each way ran" if _resettable() else "since it began, so ours includes plain's"
        lines.append(f"not run on a GPU here; peak memory is the whole process's, {since}")
    return lines


def by_stage(calls: Sequence[Call], rates: Rates) -> dict[str, tuple[float, float]]:
    """Stage -> (seconds, the bound's seconds), summed over its calls."""
    return {
        stage: (
            sum(call.seconds for call in calls if call.stage == stage),
            sum(rates.seconds(call.flops, call.bytes) for call in calls if call.stage == stage),
        )
        for stage in STAGES
    }


def _share(seconds: float, bound: float) -> str:
    return f"{bound / seconds:.1%}" if seconds else "not run"


def device_name(device: str) -> str:
    import torch

    if device.startswith("cuda"):
        return torch.cuda.get_device_name(device)
    threads = torch.get_num_threads()
    return f"cpu ({threads} thread{'' if threads == 1 else 's'})"


def _resettable() -> bool:
    """Whether this system lets a process forget its own peak: Linux, with /proc writable."""
    return os.access(_HIGH_WATER, os.W_OK)


def forget_peak(device: str) -> None:
    """What `peak_gb` gives from now on is of what comes."""
    import torch

    if device.startswith("cuda"):
        torch.cuda.reset_peak_memory_stats(device)
    elif _resettable():
        _HIGH_WATER.write_text("5")  # proc(5): sets the peak to what is held now


def peak_gb(device: str) -> float:
    """GB taken at most since `forget_peak`: on the device; on a CPU by the whole process, on a system without
    /proc since it began."""
    import resource

    import torch

    if device.startswith("cuda"):
        return torch.cuda.max_memory_allocated(device) / 1e9
    if _resettable():
        status = dict(line.split(":") for line in Path("/proc/self/status").read_text().splitlines())
        return int(status["VmHWM"].split()[0]) * 1024 / 1e9
    unit = 1 if sys.platform == "darwin" else 1024
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * unit / 1e9
