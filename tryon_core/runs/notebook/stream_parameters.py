"""The parameters of notebook 05_dual_stream: words alone, or the samples of a source; one run for each arm."""

from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from ...models import declared
from ...plugins.by_path import is_path
from ...rubrics.shipped import rubric as rubric_named
from ...sources.of_words import of_words
from ..parameters import BatchParameters, Models, NotebookParameters, SampleId, SampleIds, Settings
from .words_models import TOY_SIZE, WordsModels, words_models

PEOPLE = "data_manifests/people.jsonl"
# Of the demo people, eight persons: their first drafts from noise 3 are turned down. They show tools at work, not how
# often one is needed: of 54 samples drawn at random 33 first drafts were turned down.
TURNED_DOWN = (
    "p2_blossoms",
    "p3_logo",
    "p4_dots",
    "p6_lab",
    "p6_cropped",
    "p6_checks",
    "q2_r_dots",
    "q4_r_stripes",
    "q5_r_floral",
    "q6_r_text",
)
ARMS = ("streams", "no_tool", "new_noise")
_SHORT = ("generator", "judge")
_OWN = ("negative_prompt", "max_iterations", "satisfaction_threshold", "arm")  # settings that are parameters here


class StreamParameters(NotebookParameters):
    """The parameters of notebook 05_dual_stream.

    prompt        what is drawn from words alone; empty: a try-on of each sample of `source`
    sample, samples  only these; empty: the first `limit`, of the demo people TURNED_DOWN
    models, options, run  as in BatchParameters; options are the flow's other settings, such as size and rewrite
    control_arms  whether the same samples also run without a tool and with new noise alone; unset: for samples, not for
                  words alone, where a single picture compares nothing
    output        a folder or s3://bucket/prefix; the arms' runs lie beside it
    example       whether the last section runs its example
    """

    prompt: str = ""
    negative_prompt: str = ""
    source: str = PEOPLE
    sample: SampleId = ""
    samples: SampleIds = ()
    limit: int = Field(default=100, ge=1)
    generator: str = ""
    judge: str = ""
    models: Models = {}
    rubric: str = ""
    options: Settings = {}
    max_iterations: int = Field(default=3, ge=1, le=100)
    satisfaction_threshold: float = Field(default=0.95, ge=0, le=1)
    control_arms: bool | None = None
    seed: int = Field(default=3, ge=0, lt=2**63)
    output: str = ""
    example: bool = True

    @model_validator(mode="after")
    def _named_once(self) -> "StreamParameters":
        for name in _OWN:
            if name in self.options:
                raise ValueError(f"{name} is a parameter of its own; leave it out of options")
        return self

    @model_validator(mode="after")
    def _draws_from_words(self) -> "StreamParameters":
        """Else every picture of the notebook is refused, and its tables are empty."""
        generator = self.generator or (self.models["generator"].name if "generator" in self.models else "")
        if not self.prompt:
            return self
        if generator and not is_path(generator) and declared(generator, "generator").get("min_images", 1):
            raise ValueError(
                f"generator {generator} draws from pictures and a prompt has none; take flux1 or toy:flux1"
            )
        if self.rubric and any(shown.role == "garment" for shown in rubric_named(self.rubric).shows):
            raise ValueError(f"rubric {self.rubric} is about a garment and a prompt has none; take general")
        return self

    @property
    def controls(self) -> tuple[str, ...]:
        """The control arms that run beside the flow itself."""
        wanted = not self.prompt if self.control_arms is None else self.control_arms
        return ARMS[1:] if wanted else ()

    @property
    def beside(self) -> dict[str, Any]:
        """What a run is given beside its parameters: the source of words alone."""
        return {"source": of_words(self.prompt)} if self.prompt else {}

    @cached_property
    def words(self) -> WordsModels:
        """The models that draw from words alone and judge that, by name."""
        named = {argument: model.name for argument, model in self.models.items()}
        named |= {argument: getattr(self, argument) for argument in _SHORT if getattr(self, argument)}
        return words_models(*(named.get(argument, "") if self.prompt else "" for argument in _SHORT))

    def batch(self, arm: str = ARMS[0], reuse: str = "") -> BatchParameters:
        """The parameters of one arm's run.

        reuse  a run of another arm: their first pictures are the same calls
        """
        own = {name: getattr(self, name) for name in _OWN if name not in ("max_iterations", "arm")}
        shared = self.model_dump(include={"source", "sample", "limit", "max_iterations", "seed"})
        size = {"size": TOY_SIZE} if self.prompt and self.words.is_toy else {}
        names = self.words if self.prompt else self
        named = [argument for argument in _SHORT if getattr(self, argument) or argument not in self.models]
        return BatchParameters.checked(
            **shared,
            **{argument: getattr(names, argument) for argument in named},
            samples=self._samples,
            flow="dual_stream",
            models=self.models,
            rubric=self.rubric or ("general" if self.prompt else ""),
            options={**size, **self.options, **own, "arm": arm},
            output=f"{self.output}-{arm}" if self.output and arm != ARMS[0] else self.output,
            reuse=reuse,
        )

    @property
    def _samples(self) -> tuple[str, ...]:
        chosen = TURNED_DOWN if self.source == PEOPLE and not (self.sample or self.prompt) else ()
        return self.samples or chosen
