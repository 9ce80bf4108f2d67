"""An optional last hand on the next words: a writer polishes what plain code composed, seeing the history."""

from collections.abc import Sequence
from dataclasses import replace

from ..protocols import Reviser, Writer
from ..records import Attempt, EditRequest, Sample


def polished(compose: Reviser, write: Writer) -> Reviser:
    """A reviser that composes by plain code, then lets a writer polish the words."""

    def revise(sample: Sample, attempts: Sequence[Attempt]) -> EditRequest:
        composed = compose(sample, attempts)
        return replace(composed, prompt=write(composed.prompt, [attempts[-1].image]) or composed.prompt)

    return revise
