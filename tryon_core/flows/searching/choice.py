"""Which candidate is kept, and how that came about."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from ...steps import Step


@dataclass(frozen=True)
class Choice:
    """The kept candidate; where more than its rank decided, what did, as JSON, and in a sentence."""

    kept: Step
    data: Mapping[str, Any] = field(default_factory=dict)
    why: str = ""

    def step(self) -> Step:
        """A step without a picture of its own, made from the kept candidate."""
        return Step(stage="selected", parent=self.kept.number, data=dict(self.data), why=self.why)
