"""What a scorer's numbers mean, declared beside the scorer: what is measured, on which scale, which way is good."""

from typing import Literal

from pydantic import model_validator

from .records import Record


class Metric(Record):
    """One number that a scorer gives.

    name      in the scorer's answers, such as 'prompt_following'
    unit      of the value, as in its Measurement
    low, high ends of its range; None where it has none
    better    which way is good
    model     what computes it, weights included: 'CLIP ViT-L/14 (openai)'; 'none' for a formula
    licence   of those weights
    protocol  how pictures are cropped, resized and compared, in a sentence: with it two people get the same number
    """

    name: str
    unit: str
    low: float | None = None
    high: float | None = None
    better: Literal["lower", "higher"]
    model: str
    licence: str
    protocol: str

    @model_validator(mode="after")
    def _is_a_range(self) -> "Metric":
        if self.low is not None and self.high is not None and self.low >= self.high:
            raise ValueError(f"{self.name}: a range needs low < high, got {self.low} and {self.high}")
        return self
