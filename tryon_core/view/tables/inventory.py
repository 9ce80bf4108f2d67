"""What a source holds, before any run: counts, what was left out and why, which pictures open, which are the same."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.figure import Figure

from ...errors import BadPicture, StorageError
from ...images import digest, thumbnail, to_jpeg
from ...records import SampleLine
from ...sources import Listing, Source
from ..figures.chart import TEXT_PT, WIDTH_IN, Chart, style
from ..figures.palette import LIGHT, Theme
from .totals import plural

KNOWN = ("difficulty", "gender", "garment_type", "pattern")  # what a listing may know of a sample
UNKNOWN = "not given"
SIDE_PX = 240  # of the small copies that are kept
_READERS = 8  # samples read at once


@dataclass(frozen=True, kw_only=True)
class Looked:
    """A sample whose pictures were opened: by role their (width, height) in pixels, digest, and a small JPEG.

    problem   why the sample cannot be used; '' where it can, and only then are there pictures
    """

    line: SampleLine
    sizes: Mapping[str, tuple[int, int]] = field(default_factory=dict)
    digests: Mapping[str, str] = field(default_factory=dict)
    small: Mapping[str, bytes] = field(default_factory=dict)
    problem: str = ""


# ---- what is listed --------------------------------------------------------------------------------------------------


def counts(listing: Listing) -> pd.DataFrame:
    """Samples by difficulty, gender and garment type: one row each combination that occurs, in order of the words."""
    names = list(KNOWN[:3])
    found = Counter(tuple(getattr(line, name) or UNKNOWN for name in names) for line in listing.lines)
    return pd.DataFrame([(*key, n) for key, n in sorted(found.items())], columns=[*names, "samples"])


def counts_figure(listing: Listing, theme: Theme = LIGHT) -> Figure:
    """One panel for each thing that is known of the samples, a bar for each of its values."""
    total = len(listing.lines)
    tables = {name: Counter(getattr(line, name) or UNKNOWN for line in listing.lines) for name in KNOWN}
    rows = max(map(len, tables.values()))
    figure = Chart(figsize=(WIDTH_IN, 1.5 + 0.3 * rows), layout="constrained", facecolor=theme.paper)
    title = f"{total} {plural('sample', total)}: {_spread(tables)}"
    looks = {"ha": "left", "fontsize": TEXT_PT + 2, "color": theme.ink, "fontweight": "bold", "parse_math": False}
    figure.suptitle(title, x=0.012, **looks)
    for axes, (name, found) in zip(figure.subplots(1, len(KNOWN)), tables.items(), strict=True):
        style(axes, theme)
        values = [value for value, _ in sorted(found.items(), key=lambda item: (-item[1], item[0]))]
        axes.barh(range(len(values)), [found[value] for value in values], 0.62, color=theme.accent)
        for row, value in enumerate(values):
            axes.text(found[value], row, f" {found[value]}", va="center", color=theme.ink, fontsize=TEXT_PT - 1)
        axes.set_yticks(range(len(values)), values, color=theme.ink, parse_math=False)
        axes.set_title(name.replace("_", " "), fontsize=TEXT_PT, color=theme.ink, loc="left")
        axes.set(xlim=(0, 1.25 * max(found.values())), ylim=(rows - 0.5, -0.5), xticks=(), xlabel="samples")
        axes.grid(False)
    return figure


def _spread(tables: Mapping[str, Counter]) -> str:
    """What all of them, or more than half of them, have in common."""
    tops = [(*found.most_common(1)[0], found.total()) for found in tables.values()]
    every = [value for value, count, total in tops if value != UNKNOWN and count == total]
    most = [f"{value} ({count})" for value, count, total in tops if value != UNKNOWN and total / 2 < count < total]
    said = [f"{word} {', '.join(values)}" for word, values in (("all", every), ("most", most)) if values]
    return "; ".join(said) or "no kind makes up more than half"


def skipped(listing: Listing) -> pd.DataFrame:
    """What makes no sample: the first file or folder of each kind, how many there are, and why they are left out."""
    rows = [(one.key, one.count, one.reason) for one in listing.skipped]
    return pd.DataFrame(rows, columns=["first file", "files", "why it makes no sample"])


# ---- what can be opened ----------------------------------------------------------------------------------------------


def look(source: Source, lines: Iterable[SampleLine], progress: bool = True) -> tuple[Looked, ...]:
    """Open every picture of these samples, several samples at once; a sample that cannot be used says why."""
    from tqdm.auto import tqdm

    lines = tuple(lines)
    with ThreadPoolExecutor(_READERS) as pool:
        found = pool.map(lambda line: _look(source, line), lines)
        return tuple(tqdm(found, total=len(lines), desc="pictures", unit="sample", disable=not progress))


def _look(source: Source, line: SampleLine) -> Looked:
    try:
        images = source.load(line).images
    except (BadPicture, StorageError) as e:
        return Looked(line=line, problem=str(e))
    return Looked(
        line=line,
        sizes={role: image.size for role, image in images.items()},
        digests={role: digest(image) for role, image in images.items()},
        small={role: to_jpeg(thumbnail(image, SIDE_PX), 80) for role, image in images.items()},
    )


def unusable(looked: Sequence[Looked]) -> pd.DataFrame:
    """Samples whose pictures cannot be used, and why."""
    rows = [(one.line.sample_id, one.problem) for one in looked if one.problem]
    return pd.DataFrame(rows, columns=["sample_id", "why it cannot be used"])


def sizes(looked: Sequence[Looked]) -> pd.DataFrame:
    """How many pictures there are of each size: one row a role and size, most frequent first."""
    found = Counter((role, *size) for one in looked for role, size in one.sizes.items())
    rows = [(*key, n) for key, n in sorted(found.items(), key=lambda item: (item[0][0], -item[1], item[0]))]
    return pd.DataFrame(rows, columns=["picture", "width_px", "height_px", "pictures"])


def repeated(looked: Sequence[Looked]) -> pd.DataFrame:
    """Pictures that several samples share, most shared first; found by their pixels, whatever the files are called.

    splits   of those samples; more than one means that a picture used for tuning is also reported on
    A pair whose person and garment both come again is the same sample under two ids: role 'person and garment'.
    """
    users: dict[tuple[str, str], list[SampleLine]] = defaultdict(list)
    for one in looked:
        if one.problem:
            continue
        for role in ("person", "garment"):
            users[role, one.digests[role]].append(one.line)
        users["person and garment", one.digests["person"] + one.digests["garment"]].append(one.line)
    rows = [
        (role, len(lines), ", ".join(sorted({line.split or UNKNOWN for line in lines})), _named(lines))
        for (role, _), lines in users.items()
        if len(lines) > 1
    ]
    rows.sort(key=lambda row: (-row[1], row[0], row[3]))
    return pd.DataFrame(rows, columns=["picture", "samples", "splits", "sample_ids"])


def _named(lines: Sequence[SampleLine], most: int = 6) -> str:
    more = f" and {len(lines) - most} more" if len(lines) > most else ""
    return ", ".join(line.sample_id for line in lines[:most]) + more
