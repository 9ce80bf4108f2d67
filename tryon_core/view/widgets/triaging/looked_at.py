"""One attempt beside its question: the picture with the region in question framed, what it was made from, and what the
judge said of one constraint. HTML, every word from outside escaped.
"""

from functools import lru_cache

from ....errors import StorageError
from ....images import to_jpeg
from ....rubrics.rules import failures
from ....runs.reading import Run
from ....steps import SampleRecord, StepRecord
from ...figures.palette import MARKS, colours, gates
from ...tables.story import AttemptStory, attempt_stories, outcome_words, shown_score
from ...tables.totals import plural
from ..compared_pictures import Mark, with_marks
from ..widget import escaped
from .bars import gate
from .gallery import Thumbnails, picture_html

SIDE_PX = 800


class LookedAt:
    """Makes that HTML for attempts of one run; the last pictures stay at hand."""

    def __init__(self, run: Run, thumbnails: Thumbnails):
        self._run, self._thumbnails = run, thumbnails
        self._framed = lru_cache(16)(lambda digest, marks: to_jpeg(with_marks(run.thumbnail(digest, SIDE_PX), marks)))

    def pictures(self, record: SampleRecord, number: int, constraint: str) -> str:
        """The attempt's picture, large, beside the sample's own; number: of the attempt, 0 for none."""
        small = self._thumbnails.read(record.pictures.values())
        beside = "".join(
            f"<figure>{picture_html(jpeg, f'{role} of {record.sample_id}', digest)}"
            f"<figcaption>{escaped(role)}</figcaption></figure>"
            for (role, digest), jpeg in zip(record.pictures.items(), small, strict=True)
        )
        there = 0 < number <= len(record.attempts)  # a damaged record has none, though the table has
        large = self._large(record, number, constraint) if there else picture_html("no picture was drawn", "")
        return f'<div class="pictures"><figure class="large">{large}</figure><div class="given">{beside}</div></div>'

    def _large(self, record: SampleRecord, number: int, constraint: str) -> str:
        attempt = record.attempts[number - 1]
        if attempt.picture is None:
            return picture_html("this attempt has no picture", "")
        region = attempt.judgement.scores[constraint].region
        place = colours(self._run.rubric)[constraint], gates(self._run.rubric)[constraint]
        framed = f", the place of {constraint} framed" if region else ""
        try:
            jpeg = self._framed(attempt.picture, (Mark(region, *place),) if region else ())
        except StorageError as e:
            jpeg = str(e)
        return picture_html(jpeg, f"{record.sample_id}, attempt {number}{framed}", attempt.picture)

    def words(self, record: SampleRecord, number: int, constraint: str) -> str:
        """What the judge said of one constraint, and what else failed."""
        head = f"<h4>{escaped(record.sample_id)}</h4>"
        if not 0 < number <= len(record.attempts):
            why = f": {escaped(record.reason)}" if record.reason else ""
            return f"{head}<p>No picture was drawn; {escaped(outcome_words(record))}{why}</p>"
        attempt = record.attempts[number - 1]
        story = attempt_stories(record, self._run.rubric)[number - 1]
        verdict = f"attempt {number} of {len(record.attempts)}: {story.decision} · sample {outcome_words(record)}"
        answer = self._answer(attempt, story, constraint)
        return f"{head}<p class='tryon-soft'>{escaped(verdict)}</p>{answer}{self._others(attempt, constraint)}"

    def _answer(self, attempt: StepRecord, story: AttemptStory, constraint: str) -> str:
        """The judge's score with its bar, the finding, and the measurements behind it that miss theirs."""
        chip = next(chip for chip in story.chips if chip.constraint == constraint)
        failure = next((failed for failed in story.failures if failed.constraint == constraint), None)
        bar = f" (bar {self._run.rubric.rule.accept_at:g})" if chip.text else ""
        score = attempt.judgement.scores[constraint]
        missed = "".join(f"<li>{escaped(words)}</li>" for words in failure.missed) if failure else ""
        asks = next(asked.asks for asked in self._run.rubric.constraints if asked.key == constraint)
        return (
            f'<p class="verdict {chip.status}">The judge: {gate(self._run, constraint)} <b>{escaped(constraint)}</b> '
            f"<b class='mark'>{chip.mark} {chip.status.replace('_', ' ')}</b> {chip.text}{bar}</p>"
            f"<p>{escaped(score.finding or score.reason or 'The judge gave no finding.')}</p>"
            + (f"<ul>{missed}</ul>" if missed else "")
            + f"<p class='tryon-soft'>asked: {escaped(asks)}</p>"
        )

    def _others(self, attempt: StepRecord, constraint: str) -> str:
        others = [key for key in failures(attempt.judgement, self._run.rubric) if key != constraint]
        if not others:
            return "<p class='tryon-soft'>No other constraint failed.</p>"
        scores = attempt.judgement.scores
        named = ", ".join(
            f"{gate(self._run, key)} {escaped(key)} {MARKS['failed']} {shown_score(scores[key].score)}"
            for key in others
        )
        return f"<p>{len(others)} other {plural('constraint', len(others))} failed: {named}</p>"
