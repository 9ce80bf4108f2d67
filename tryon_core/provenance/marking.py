"""Pictures of a run as marked copies: PNG with a signed C2PA manifest that says how each was made.

The pixels are those of the run. A mark lies in the file, not in the pixels: any program that saves the picture again
without knowing C2PA, Pillow and most editors and messengers among them, leaves it out. So pictures are marked when they
are taken out of a run, and what is kept in the run stays as it is. A viewer shows the signer as unknown unless it
trusts who issued the certificate; no time-stamp server is asked, so that a mark is valid as long as its certificate.
"""

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

from ..errors import BadInput, Damaged
from ..images import digest, from_png, to_png
from ..runs.reading import Run, open_run
from ..steps import StepRecord
from ..storage.store import Store, open_store
from .mark_words import manifest_of
from .sample_lineage import sample_lineage
from .signing_key import signer_of

if TYPE_CHECKING:
    import c2pa

LOST = "a mark is lost as soon as the picture is saved again by a program that does not know C2PA"


@dataclass(frozen=True, kw_only=True)
class Marked:
    """One marked copy: of which picture, and where it is."""

    sample_id: str
    step: int
    picture: str
    file: str


def export(run: str | Run, output: str, *, certificate: str, key: str, every: bool = False) -> list[Marked]:
    """Marked copies of the kept picture of each sample, as SAMPLE_stepN.png.

    output       a folder or s3:// prefix with nothing in it
    certificate, key   PEM files, see `signer_of`; nothing of the key is written or said
    every        of every step's picture, and not of the kept ones alone
    raises       BadInput where the output holds something, the run drew nothing, or the key cannot sign; StorageError
    """
    signer = signer_of(certificate, key)
    opened = open_run(run) if isinstance(run, str) else run
    store = open_store(output)
    if next(iter(store.keys()), None) is not None:
        raise BadInput(f"{store.url} holds something already; give a place with nothing in it")
    marked = [_marked(opened, store, signer, drawn) for drawn in _drawn(opened, every)]
    if not marked:
        raise BadInput(f"{opened.store.url} drew no picture that was kept; for those of all steps ask with --every")
    return marked


class _Drawn(NamedTuple):
    sample_id: str
    step: StepRecord
    manifest: dict[str, Any]


def _drawn(run: Run, every: bool) -> Iterator[_Drawn]:
    """What is to be marked, with its manifest: no picture that the run was only given."""
    there = run.store.index()
    for record in run.records:
        chosen = record.steps if every else [step for step in record.steps if step.number == record.chosen]
        drawn = [step for step in chosen if step.picture and step.picture not in record.pictures.values()]
        lineage = sample_lineage(run, record, there) if drawn else None
        for step in drawn:
            yield _Drawn(record.sample_id, step, manifest_of(run, record, step, lineage))


def _marked(run: Run, store: Store, signer: "c2pa.Signer", drawn: _Drawn) -> Marked:
    picture, number = drawn.step.picture, drawn.step.number
    data = signed(to_png(run.picture(picture)), drawn.manifest, signer)
    if digest(from_png(data)) != picture:
        raise Damaged(f"marking changed the pixels of {drawn.sample_id}, step {number}; it was not written")
    name = f"{drawn.sample_id}_step{number}.png"
    store.create(name, data)
    return Marked(sample_id=drawn.sample_id, step=number, picture=picture, file=f"{store.url}/{name}")


def signed(png: bytes, manifest: dict[str, Any], signer: "c2pa.Signer") -> bytes:
    """A PNG with a manifest in it; without a thumbnail, which would be another copy of the picture."""
    import c2pa

    out = io.BytesIO()
    plain = c2pa.Settings.from_dict({"builder": {"thumbnail": {"enabled": False}}})
    try:
        c2pa.Builder(manifest, context=c2pa.Context(settings=plain)).sign(signer, "image/png", io.BytesIO(png), out)
    except c2pa.C2paError as e:
        raise BadInput(
            f"the certificate and key cannot sign ({type(e).__name__.strip('_')}); see that C2PA takes them"
        ) from e
    return out.getvalue()
