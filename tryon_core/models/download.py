"""Get large models from the hub: `python -m tryon_core.models.download NAME... [--accept NAME]`.

Sizes, licences and free disk are said first. A file that is whole is kept, whatever breaks; a broken connection goes on
where it stopped. They lie in the hub's own cache (HF_HOME), where `load` finds them.
"""

import argparse
import sys
from collections.abc import Sequence

from ..errors import MissingWeights, TryonError, UnknownName
from . import TABLE, named
from .hub import Listed, check_space, listed, snapshot
from .hub.weights import find
from .specs import SPECS, TOY, Spec


def main(arguments: Sequence[str]) -> int:
    parser = argparse.ArgumentParser(prog="python -m tryon_core.models.download", description=__doc__.split("\n")[0])
    parser.add_argument(
        "names",
        nargs="+",
        metavar="NAME",
        help="of `python -m tryon_core.models`, or a part such as sd15-control-depth or flux1-redux",
    )
    accept = "a model whose licence you have read and accept, where it is not open"
    parser.add_argument("--accept", action="append", default=[], metavar="NAME", help=accept)
    given = parser.parse_args(arguments)
    try:
        specs = [spec for name in given.names if (spec := _spec(name))]
        names = [name for spec in specs for name in (spec.name, *spec.beside)]
        _download([SPECS[name] for name in dict.fromkeys(names) if _is_on_the_hub(name)], accepted=given.accept)
    except TryonError as e:
        print(f"{type(e).__name__}: {e}", file=sys.stderr)
        return 1
    return 0


def _spec(name: str) -> Spec | None:
    """None, and a sentence, for what is not on the hub. raises UnknownName"""
    name = named(name)
    if name in SPECS:
        return SPECS[name]
    builders = {known: builder for names in TABLE.values() for known, builder in names.items()}
    if name.startswith(TOY) and name.removeprefix(TOY) in SPECS:
        print(f"{name} has random weights, which are made here at its first use; there is nothing to download")
    elif builders.get(name, "").startswith(".embedded."):
        fetch = "python -m tryon_core.models.embedded.fetch"
        print(f"{name} is embedded: what it needs beside the package comes by `{fetch}`")
    elif name == "gemini":
        print("gemini is asked at Google: there is nothing to download; set GEMINI_API_KEY, or name it in .env")
    else:
        raise UnknownName("model to download", name, [*SPECS, *builders])
    return None


def _is_on_the_hub(name: str) -> bool:
    """False, and a sentence, for what its user converts or copies."""
    spec = SPECS[name]
    if spec.converted:
        print(f"{name} is not on the hub: get its files from {spec.repo}, then `{spec.converted}`")
    if spec.by_hand:
        print(f"{name} is not on the hub: bring {spec.by_hand} yourself, or load it with other paths; {spec.licence}")
    return not (spec.converted or spec.by_hand)


def _download(specs: Sequence[Spec], accepted: Sequence[str]) -> None:
    """All that can be known is checked before a byte of any model comes.

    raises   MissingWeights with what to do
    """
    listings = [(spec, listed(spec, spec.revision)) for spec in specs]
    needed = sum(listing.missing_bytes for _, listing in listings)
    for spec, listing in listings:
        print(_said(spec, listing))
    closed = [spec.name for spec, _ in listings if not spec.commercial and spec.name not in accepted]
    if closed:
        flags = " ".join(f"--accept {name}" for name in closed)
        raise MissingWeights(f"the licence of {', '.join(closed)} is not open; read it on the hub, then add {flags}")
    if needed:
        free = check_space(" and ".join(spec.name for spec in specs), needed)
        print(f"to download: {_gb(needed)}; free on the disk: {_gb(free)}")
    for spec, listing in listings:
        snapshot(spec, listing.commit)
        snapshot(spec, spec.revision)  # so that the cache knows the branch's commit
        print(f"{spec.name}: whole in {find(spec.name).folder}")


def _said(spec: Spec, listing: Listed) -> str:
    here = listing.all_bytes - listing.missing_bytes
    there = f", of which {_gb(here)} are here" if here else ""
    size = f"{_gb(listing.all_bytes)}{there}"
    return f"{spec.name}: {spec.repo} at {listing.commit[:12]}; {size}; licence: {spec.licence}"


def _gb(size: int) -> str:
    return f"{size / 1e9:.3g} GB" if size >= 1e7 else f"{size / 1e6:.3g} MB"


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
