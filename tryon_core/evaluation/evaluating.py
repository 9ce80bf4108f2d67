"""The field's numbers of finished pictures: SSIM and LPIPS against the true ones, FID and KID of all together."""

from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from statistics import fmean

from ..errors import BadInput, BadPicture, StorageError
from ..records import Measurement, Sample, SampleLine
from ..roles import Scorer
from ..runs.reading import caution_of
from ..scales import Metric
from ..sources import Source
from .declared_answers import Numbers, check
from .evaluated import Evaluation, Row
from .instruments import Distances, OfPictures
from .protocol import Card, Pairing, Protocol, anywhere
from .references import Scored, at_one_size, samples_digest
from .results import FolderResults, RunResults, open_results
from .whole_sets import Features, OfSets

PORTION = 16  # samples in memory at once
STANDARD = Protocol()
NO_LPIPS = "no LPIPS network was given; load one with models.load('lpips', 'scorer')"
NO_FEATURES = "no network of features was given; load one with load_features of models.scorers.deep.inception_features"


def evaluate(
    results: str,
    source: Source | None = None,
    protocol: Protocol = STANDARD,
    *,
    lpips: Distances | str = NO_LPIPS,
    features: Features | str = NO_FEATURES,
    scorers: Sequence[Scorer] = (),
    workers: int = 4,
) -> Evaluation:
    """Score one finished picture per sample.

    results   a run, or a folder of pictures named by sample id (or as the data set's persons: FILE, CATEGORY/FILE)
    source    where the samples are; None: those that the run kept
    protocol  how pictures are made comparable
    lpips     a network that tells pictures apart; a text is the reason for none
    features  a network whose features FID and KID compare; a text is the reason for none
    scorers   further ones, shown the whole sample at the size of comparison
    workers   threads that read pictures and measure SSIM
    raises    BadInput where no picture can be scored, or the protocol is not the source's; what the models raise
    """
    made = open_results(results)
    lines = _lines(made, source)
    protocol = protocol.model_copy(update={"pairing": _pairing(lines, protocol.pairing)})
    if scorers:
        check(scorers)
    measured = OfPictures(paired=protocol.pairing == "paired", lpips=lpips, scorers=tuple(scorers))
    sets = OfSets(features)
    scores: dict[str, Numbers] = {}
    left_out: dict[str, str] = {}
    identities, persons, shown = [], dict[str, str](), 0
    with ThreadPoolExecutor(max(1, workers)) as pool:
        for portion in (lines[start : start + PORTION] for start in range(0, len(lines), PORTION)):
            read = list(pool.map(lambda line: _read(line, made, source, protocol), portion))
            scored = [each for each in read if isinstance(each, Scored)]
            numbers = measured.numbers(scored, pool.map)
            scores |= {each.sample.sample_id: row for each, row in zip(scored, numbers, strict=True)}
            sets.add(scored)
            left_out |= {line.sample_id: why for line, why in zip(portion, read, strict=True) if isinstance(why, str)}
            identities += [each.identity for each in scored]
            persons |= {each.sample.sample_id: each.person for each in scored}
            shown += sum(each.shown for each in scored)
    if not scores:
        name, why = next(iter(left_out.items()))
        raise BadInput(f"{made.where}: no picture can be scored; {name}: {why}")
    rows = (*_means(scores, measured.metrics), *sets.rows())
    given = {row.metric for row in rows if row.value is not None}
    nets = {name: anywhere(net) for name, net in (measured.nets | sets.nets).items() if name in given}
    card = Card(
        protocol=protocol,
        dataset=_dataset(lines),
        samples=samples_digest(identities),
        pictures=len(scores),
        listed=len(lines),
        shown=shown,
        metrics={name: metric for name, metric in (measured.metrics | sets.metrics).items() if name in given},
        nets=nets,
    )
    return Evaluation(
        results=made.where,
        card=card,
        rows=rows,
        scores={sample_id: _plain(numbers) for sample_id, numbers in scores.items()},
        persons=persons,
        left_out=left_out,
        caution=" ".join(filter(None, (made.caution, caution_of(nets)))),
    )


def _pairing(lines: Sequence[SampleLine], wanted: Pairing | None) -> Pairing:
    """What is wanted, else what the samples say, else 'paired' where every one has a true picture.

    raises   BadInput where the samples say otherwise than is wanted
    """
    stated = {str(line.known["protocol"]) for line in lines if "protocol" in line.known}
    if len(stated | ({wanted} if wanted else set())) > 1:
        raise BadInput(
            f"the samples are {' and '.join(sorted(stated))} and the protocol is {wanted}; open the source for that "
            "protocol, or ask for its own"
        )
    if wanted or "paired" in stated or (not stated and all("truth" in line.pictures for line in lines)):
        return wanted or "paired"
    return "unpaired"


def _lines(made: RunResults | FolderResults, source: Source | None) -> Sequence[SampleLine]:
    if source is not None:
        return source.listing().lines
    if isinstance(made, FolderResults):
        raise BadInput(f"{made.where} is a folder of pictures, which does not say of which samples; give the source")
    return made.listed()


def _read(
    line: SampleLine, made: RunResults | FolderResults, source: Source | None, protocol: Protocol
) -> Scored | str:
    """One sample and its result, ready to be compared; the reason where one of its pictures cannot be had."""
    try:
        sample: Sample | str = made.sample(line) if source is None else source.load(line)
    except (BadPicture, StorageError) as e:
        return str(e)
    result = sample if isinstance(sample, str) else made.picture(sample)
    return result if isinstance(result, str) else at_one_size(sample, result, protocol)


def _dataset(lines: Sequence[SampleLine]) -> str:
    """'viton-hd test'; else what the lines say of their source, or 'pictures of no named data set'"""
    named = Counter(
        " ".join(str(line.known[name]) for name in ("dataset", "split") if name in line.known)
        if "dataset" in line.known
        else line.source
        for line in lines
    )
    return ", ".join(sorted(filter(None, named))) or "pictures of no named data set"


def _means(scores: dict[str, Numbers], metrics: dict[str, Metric]) -> Iterator[Row]:
    """The mean of each metric over the pictures that have a number; without any, the reason given most often."""
    for name, metric in metrics.items():
        given = [numbers[name] for numbers in scores.values()]
        values = [value.value for value in given if isinstance(value, Measurement)]
        reasons = Counter(value for value in given if isinstance(value, str))
        why, times = reasons.most_common(1)[0] if reasons else ("", 0)
        yield Row(
            metric=name,
            value=fmean(values) if values else None,
            unit=metric.unit,
            better=metric.better,
            pictures=len(values),
            reason=f"{times} unscored: {why}" if values and why else why,
        )


def _plain(numbers: Numbers) -> dict[str, float | str]:
    return {name: value if isinstance(value, str) else value.value for name, value in numbers.items()}
