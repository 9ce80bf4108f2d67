"""Where pictures of runs come from, and what was made from one. Only the runs are read, on a disk or in a bucket.

SOURCE and PICTURE: a picture's file, the first 8 digits of its digest or more, an s3:// URL, or its place in the
manifest. A picture that the flow's own code composed names everything that it had at hand: '?' stands before it then.
"""

import argparse
import json
import sys
from collections.abc import Sequence
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
    lines = [f"picture {traced.picture[:_DIGITS]}", *map(_kept_words, traced.kept)]
    pictures = len({one.picture for one in traced.relatives})
    lines += ["", f"{what}: {pictures} picture{'' if pictures == 1 else 's'}", *map(_relative_words, traced.relatives)]
    return "\n".join([*lines, *(f"note: {note}" for note in traced.notes)])


def _kept_words(kept: Kept) -> str:
    place = f", kept by the source as {kept.place}" if kept.place else ""
    return f"  {_where(kept)}{place}; {_terms(kept)}\n    {_file(kept)}"


def _relative_words(one: Relative) -> str:
    models = " > ".join(one.models) or "no model"
    sure = " " if one.sure else "?"
    return f"{sure} {one.picture[:_DIGITS]}  {_where(one)}; {one.how}, {models}; {_terms(one)}\n    {_file(one)}"


def _where(kept: Kept) -> str:
    number = "" if kept.step is None else f" step {kept.step}"
    branch = f" {kept.branch}" if kept.branch else ""
    return f"{kept.flow} {kept.sample_id}{branch}{number} {kept.stage}: {kept.name}"


def _terms(kept: Kept) -> str:
    return f"licence {kept.licence or 'not stated'}, consent {kept.consent or 'not stated'}"


def _file(kept: Kept) -> str:
    return "\n    ".join(f"{kept.run}/{file}" for file in kept.files)


if __name__ == "__main__":
    sys.exit(main())
