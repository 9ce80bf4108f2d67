"""See the package: `python -m tryon_core.speed --help`."""

import argparse
import sys
from collections.abc import Sequence

from ..errors import TryonError
from . import __doc__ as what
from . import budget, scheduling, table
from .pair import SIZES_PX
from .sizes import GENERATORS, JUDGES


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is asked for; 1 with a sentence for bad input."""
    asked = _parser().parse_args(arguments)
    try:
        for line in _lines(asked):
            print(line, flush=True)
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m tryon_core.speed", description=what, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--size", choices=SIZES_PX, default="toy")
    parser.add_argument("--generator", choices=GENERATORS, default="flux2-klein-9b")
    parser.add_argument("--judge", choices=JUDGES, default="qwen3-vl-32b")
    for name, default, text in (
        ("samples", 4, "pairs of person and garment"),
        ("iterations", 2, "candidates of each"),
        ("batch", 4, "pictures drawn together at most; twice as many are judged together"),
        ("repeats", 3, "rounds of both ways in turn"),
    ):
        parser.add_argument(f"--{name}", type=_positive, default=default, help=f"{text} ({default})")
    parser.add_argument("--device", default="", help="cuda, cpu; else cuda where there is one")
    parser.add_argument("--dtype", default="", help="bfloat16 or float32; else what the device suits")
    parser.add_argument("--keep-gib", type=float, default=4.0, help="what each model may keep between calls (4)")
    parser.add_argument("--memory-gb", type=float, default=140.0, help="of the card that the budget is for (140)")
    parser.add_argument("--scheduling", action="store_true", help="the batch job alone, with models of fixed latency")
    parser.add_argument("--budget", action="store_true", help="the memory of the true sizes alone; nothing is loaded")
    return parser


def _positive(text: str) -> int:
    if (number := int(text)) < 1:
        raise argparse.ArgumentTypeError(f"must be 1 or more, got {number}")
    return number


def _lines(asked: argparse.Namespace):
    if asked.scheduling:
        for samples, scale, storing_s in scheduling.CASES:
            done = scheduling.scheduling(samples, scale=scale, storing_s=storing_s)
            yield scheduling.in_words(done, storing_s)
        return
    if not asked.budget:
        named = ("generator", "judge", "samples", "iterations", "batch", "repeats", "device", "dtype", "keep_gib")
        yield from table.in_words(table.measure(asked.size, **{name: getattr(asked, name) for name in named}))
        yield from scheduling.report(SIZES_PX["full"])
    if asked.budget or asked.size == "full":
        found = budget.budget(asked.generator, asked.judge)
        keeps = asked.generator.endswith("-kv")
        yield from budget.in_words(found, asked.memory_gb, SIZES_PX["full"], asked.samples, keeps)


if __name__ == "__main__":
    sys.exit(main())
