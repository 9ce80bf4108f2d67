"""What a source holds, before any run: counts, what was left out and why, which pictures open, which are the same."""

import textwrap
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from ...errors import BadPicture, StorageError
from ...images import digest, thumbnail, to_jpeg
from ...records import SampleLine
from ...sources import Listing, Source
from ...sources.listing import fact
from ..figures.chart import TEXT_PT, WIDTH_IN, Chart, style
from ..figures.notebook_theme import themed
from ..figures.palette import Theme
from .totals import plural

UNKNOWN = "not given"
PANELS = 6  # facts that a figure shows
BARS = 12  # values of a fact that a figure shows
_ACROSS = 4  # panels in one row; more of them stand in two
_LABEL, _TITLE = 18, 85  # characters that fit
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


def facts(lines: Iterable[SampleLine]) -> tuple[str, ...]:
    """Names of what is known of samples: first what is known of most of them, then what comes first."""
    return tuple(name for name, _ in Counter(name for line in lines for name in line.known).most_common())


def counts(listing: Listing) -> pd.DataFrame:
    """Samples by the three facts known of most: one row each combination that occurs, in order of the words."""
    names = facts(listing.lines)[:3]
    found = Counter(tuple(_value(line, name) for name in names) for line in listing.lines)
    return pd.DataFrame([(*key, n) for key, n in sorted(found.items())], columns=[*names, "samples"])


def in_words(line: SampleLine, name: str) -> str:
    """What is known of a sample under a name: a text as it is, a number or true with the name; '' for nothing."""
    value = fact(line, name)
    return value if isinstance(line.known.get(name, ""), str) else f"{name.replace('_', ' ')} {value}"


@themed
def counts_figure(listing: Listing, theme: Theme | None = None) -> Figure:
    """A panel for each fact, those known of most samples first; in it a bar for each of its values."""
    names = facts(listing.lines)[:PANELS]
    panels = {name: _bars(Counter(_value(line, name) for line in listing.lines)) for name in names}
    across = len(names) if len(names) <= _ACROSS else -(-len(names) // 2)
    rows = [names[start : start + across] for start in range(0, len(names), across or 1)]
    bars = [max(len(panels[name]) for name in row) for row in rows]
    title = textwrap.fill(_title(listing.lines, names), _TITLE)
    heights_in = [1.1 + 0.3 * count for count in bars]
    figure_in = (WIDTH_IN, 0.4 + 0.2 * title.count("\n") + sum(heights_in))
    figure = Chart(figsize=figure_in, layout="constrained", facecolor=theme.paper)
    looks = {"ha": "left", "fontsize": TEXT_PT + 2, "color": theme.ink, "fontweight": "bold", "parse_math": False}
    figure.suptitle(title, x=0.012, **looks)
    if not rows:
        return figure
    grid = figure.add_gridspec(len(rows), across, height_ratios=heights_in)
    for number, row in enumerate(rows):
        for column, name in enumerate(row):
            axes = figure.add_subplot(grid[number, column])
            _panel(axes, _short(name.replace("_", " ")), panels[name], len(listing.lines), theme)
            axes.set_ylim(bars[number] - 0.5, -0.5)
    return figure


def _panel(axes: Axes, title: str, values: Mapping[str, int], n: int, theme: Theme) -> None:
    style(axes, theme)
    axes.barh(range(len(values)), [100 * count / n for count in values.values()], 0.62, color=theme.accent)
    for row, count in enumerate(values.values()):
        text = f" {count} of {n}"
        axes.text(100 * count / n, row, text, va="center", color=theme.ink, fontsize=TEXT_PT - 1)
    axes.set_yticks(range(len(values)), map(_short, values), color=theme.ink, parse_math=False)
    axes.set_title(title, fontsize=TEXT_PT, color=theme.ink, loc="left", parse_math=False)
    axes.set(xlim=(0, 200), xticks=(0, 50, 100))
    axes.set_xlabel("samples (%)", loc="left")
    axes.grid(False)


def _value(line: SampleLine, name: str) -> str:
    return fact(line, name) or UNKNOWN


def _bars(found: Mapping[str, int]) -> dict[str, int]:
    """Value -> samples, most first; where there are more than BARS values, the last bar is all the others."""
    ordered = sorted(found.items(), key=lambda item: (-item[1], item[0]))
    if len(ordered) <= BARS:
        return dict(ordered)
    others = ordered[BARS - 1 :]
    return {**dict(ordered[: BARS - 1]), f"{len(others)} others": sum(count for _, count in others)}


def _short(text: str) -> str:
    return text if len(text) <= _LABEL else f"{text[: _LABEL - 3]}..."


def _title(lines: Sequence[SampleLine], names: Sequence[str]) -> str:
    """How many there are, and what all of them, or more than half of them, have in common."""
    total = len(lines)
    tops = [Counter(in_words(line, name) for line in lines).most_common(1)[0] for name in names]
    every = [_short(value) for value, count in tops if value and count == total]
    most = [f"{_short(value)} ({count})" for value, count in tops if value and total / 2 < count < total]
    shares = [f"{word} {', '.join(values)}" for word, values in (("all", every), ("most", most)) if values]
    nothing = "no kind makes up more than half" if names else "nothing more is known of them"
    return f"{total} {plural('sample', total)}: {'; '.join(shares) or nothing}"


def skipped(listing: Listing) -> pd.DataFrame:
    """What makes no sample: the first file or folder of each kind, how many there are, and why they are left out."""
    rows = [(one.key, one.count, one.reason) for one in listing.skipped]
    return pd.DataFrame(rows, columns=["first file", "files", "why it makes no sample"])


# ---- what can be opened ----------------------------------------------------------------------------------------------


def look(source: Source, lines: Iterable[SampleLine], progress: bool = True) -> tuple[Looked, ...]:
    """Open every picture of these samples, several samples at once; a sample that cannot be used says why."""
    from ...runs.notebook.progress import tqdm

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
    Pictures of a role count together, whichever is first. Samples that share all their pictures but the truth are one
    sample under several ids: their row names all roles, such as 'person and garment'.
    """
    users: dict[tuple[str, str], list[SampleLine]] = defaultdict(list)
    for one in looked:
        shared = {(role.partition("-")[0], name) for role, name in one.digests.items()}
        asked = {role: name for role, name in one.digests.items() if role != "truth"}
        if len(asked) > 1:
            shared.add((" and ".join(asked), " ".join(asked.values())))
        for key in shared:
            users[key].append(one.line)
    rows = [
        (role, len(lines), ", ".join(sorted({_value(line, "split") for line in lines})), _named(lines))
        for (role, _), lines in users.items()
        if len(lines) > 1
    ]
    rows.sort(key=lambda row: (-row[1], row[0], row[3]))
    return pd.DataFrame(rows, columns=["picture", "samples", "splits", "sample_ids"])


def _named(lines: Sequence[SampleLine], most: int = 6) -> str:
    more = f" and {len(lines) - most} more" if len(lines) > most else ""
    return ", ".join(line.sample_id for line in lines[:most]) + more
