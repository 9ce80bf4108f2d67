"""The words and pictures around two search trees, as HTML. Every word from outside is escaped."""

from collections.abc import Callable, Iterable, Sequence

from ....records import SampleLine
from ..triaging.gallery import picture_html
from ..widget import escaped
from .held_out_words import Verdict
from .search_sides import Side

Read = Callable[[str], bytes | str]  # digest -> JPEG, or why there is none


def sample_html(line: SampleLine, pictures: Iterable[tuple[str, str]], read: Read) -> str:
    """The sample's own pictures by role, and its wish."""
    shown = "".join(
        f"<figure><figcaption>{escaped(role)}</figcaption>"
        f"{picture_html(read(digest), f'{role} of {line.sample_id}', digest)}</figure>"
        for role, digest in pictures
    )
    known = " · ".join(str(value) for value in line.known.values() if value != "")
    return f'{shown}<div class="tryon-soft">wish: {escaped(line.wish)}<br>{escaped(known)}</div>'


def looked_at_html(side: Side, read: Read) -> str:
    """The candidate that is looked at: its picture, each number with its unit or the reason, noise and cost."""
    if side.tree is None:
        return ""
    picture = ""
    if side.picture:
        alt = f"{side.letter}, {side.title} of {side.tree.record.sample_id}"
        picture = f"<figure>{picture_html(read(side.picture), alt, side.picture)}</figure>"
    rows = "".join(
        f"<tr><th scope=row>{escaped(name)}</th><td>{escaped(words)}</td></tr>" for name, words in side.rows()
    )
    cost = f'<div class="tryon-soft">all so far: {escaped(side.cost)}</div>'
    return f'<div>{picture}<div class="words"><b>{escaped(side.title)}</b><table>{rows}</table>{cost}</div></div>'


def verdict_html(names: Sequence[str], verdicts: Sequence[Verdict], trouble: str) -> str:
    """Which side is better by each held-out metric; what selected is marked circular, and says nothing."""
    if trouble:
        return f'<span class="tryon-soft">{escaped(trouble)}</span>'
    if not verdicts:
        return '<span class="tryon-soft">No held-out metric was scored.</span>'
    heads = "".join(f"<th scope=col>{escaped(name)}</th>" for name in ("held out", *names, "here", "over all samples"))
    return f"<table><tr>{heads}</tr>{''.join(map(_verdict_row, verdicts))}</table>"


def _verdict_row(verdict: Verdict) -> str:
    name = verdict.metric.replace("_", " ")
    cells = (verdict.a, verdict.b, verdict.here, verdict.overall)
    if verdict.circular:
        cells = (verdict.a, verdict.b, "circular", "it selected, so it says nothing about which side is better")
    row = "".join(f"<td>{escaped(cell)}</td>" for cell in cells)
    return f"<tr{' class=circular' if verdict.circular else ''}><th scope=row>{escaped(name)}</th>{row}</tr>"
