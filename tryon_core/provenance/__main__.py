"""Where pictures of runs come from, and what was made from one. Only the runs are read, on a disk or in a bucket.

SOURCE and PICTURE: a picture's file, the first 8 digits of its digest or more, an s3:// URL, or its place in the
manifest. A picture that the flow's own code composed names everything that it had at hand: '?' stands before it then.
"""

import argparse
import json
import sys
from collections.abc import Iterator, Sequence
from dataclasses import asdict

from ..errors import TryonError
from .marking import LOST, export
from .marking import __doc__ as MARKS
from .sample_lineage import Kept
from .tracing import Relative, Traced, ancestors, descendants

_DIGITS = 12  # of a digest that are shown


def main(arguments: Sequence[str] | None = None) -> int:
    """Print what is asked for; 1 with a sentence where it cannot be had."""
    asked = _parser().parse_args(arguments)
    try:
        print(asked.command(asked))
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    return 0


def _parser() -> argparse.ArgumentParser:
    shape = {"formatter_class": argparse.RawDescriptionHelpFormatter}
    parser = argparse.ArgumentParser(prog="python -m tryon_core.provenance", description=__doc__, **shape)
    commands = parser.add_subparsers(required=True)
    for name, command, what in (
        ("descendants", _descendants, "everything that was made from a picture, several steps deep, from run to run"),
        ("ancestors", _ancestors, "everything that a picture was made from"),
    ):
        asked = commands.add_parser(name, help=what, description=__doc__, **shape)
        asked.add_argument("picture", metavar="SOURCE" if name == "descendants" else "PICTURE")
        asked.add_argument("runs", nargs="+", metavar="RUN", help="a folder or s3:// prefix of a run")
        asked.add_argument("--json", action="store_true", help="for a machine to read")
        asked.set_defaults(command=command)
    _add_export(commands.add_parser("export", help="marked copies of kept pictures", description=MARKS, **shape))
    return parser


def _add_export(asked: argparse.ArgumentParser) -> None:
    asked.add_argument("run", metavar="RUN", help="a folder or s3:// prefix of a run")
    asked.add_argument("output", metavar="OUT", help="a folder or s3:// prefix with nothing in it")
    asked.add_argument("--certificate", required=True, help="the chain in PEM, the signer's own certificate first")
    asked.add_argument("--key", required=True, help="its private key in PEM, without a passphrase")
    asked.add_argument("--every", action="store_true", help="every step's picture, and not only the kept ones")
    asked.set_defaults(command=_export)


def _descendants(asked: argparse.Namespace) -> str:
    traced = descendants(asked.picture, asked.runs)
    return _json(traced) if asked.json else _words(traced, "made from it")


def _ancestors(asked: argparse.Namespace) -> str:
    traced = ancestors(asked.picture, asked.runs)
    return _json(traced) if asked.json else _words(traced, "it was made from")


def _export(asked: argparse.Namespace) -> str:
    marked = export(asked.run, asked.output, certificate=asked.certificate, key=asked.key, every=asked.every)
    what = f"{len(marked)} picture{'' if len(marked) == 1 else 's'} marked, pixels as in the run; {LOST}"
    return "\n".join([what, *(one.file for one in marked)])


def _json(traced: Traced) -> str:
    return json.dumps(asdict(traced), indent=1, ensure_ascii=False)


def _words(traced: Traced, what: str) -> str:
    """The picture, then its relatives sample by sample, the samples in the order of the nearest relative."""
    lines = [f"picture {traced.picture[:_DIGITS]}", *_by_sample(traced.kept)]
    pictures = len({one.picture for one in traced.relatives})
    lines += ["", f"{what}: {pictures} picture{'' if pictures == 1 else 's'}", *_by_sample(traced.relatives)]
    return "\n".join([*lines, *(f"note: {note}" for note in traced.notes)])


def _by_sample(kept: Sequence[Kept]) -> Iterator[str]:
    samples: dict[tuple[str, str], list[Kept]] = {}
    for one in kept:
        samples.setdefault((one.run, one.sample_id), []).append(one)
    for (run, sample_id), ones in samples.items():
        first = ones[0]
        terms = f"licence: {first.licence or 'not stated'}; consent: {first.consent or 'not stated'}"
        yield f"\n{sample_id} of {run} ({first.flow}); {terms}"
        yield from map(_row, ones)


def _row(kept: Kept) -> str:
    made = ""
    if isinstance(kept, Relative):
        made = f"; {kept.how}" + (f" ({' > '.join(kept.models)})" if kept.models else "")
    sure = "?" if isinstance(kept, Relative) and not kept.sure else " "
    number = "" if kept.step is None else f"step {kept.step} "
    branch = f"{kept.branch} " if kept.branch else ""
    place = f", from {kept.place}" if kept.place else ""
    files = "".join(f"\n      {file}" for file in kept.files)
    return f"{sure} {kept.picture[:_DIGITS]}  {branch}{number}{kept.stage}: {kept.name}{place}{made}{files}"


if __name__ == "__main__":
    sys.exit(main())
