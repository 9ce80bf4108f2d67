"""The parameters of the other notebooks, checked like those of 10_batch."""

from typing import Annotated

from pydantic import BeforeValidator, Field

from ...storage.places import expanded
from ..parameters import BatchParameters, NotebookParameters, SampleId

# A text in which '~' is the home folder.
Place = Annotated[str, BeforeValidator(lambda value: expanded(value) if isinstance(value, str) else value)]


class ReportParameters(NotebookParameters):
    """The parameters of notebook 11_report.

    run     a folder or s3://bucket/prefix; empty: runs/demo, or run_once.SHOWCASE where that does not exist
    report  where the page goes, a file or s3://bucket/key; empty: beside the run and named after it
    """

    run: Place = ""
    report: Place = ""


class SamplesParameters(NotebookParameters):
    """The parameters of notebook 01_samples; `limit` is for opening pictures, everything is counted."""

    source: str = "data_manifests/demo.jsonl"
    difficulty: str = ""
    gender: str = ""
    limit: int = Field(default=100, ge=1)
    requester_pays: bool = False


class AttemptParameters(NotebookParameters):
    """The parameters of notebook 02_one_attempt.

    picture  a picture to judge, as a path; empty: the generator draws one
    """

    source: str = "data_manifests/demo.jsonl"
    sample: SampleId = "demo_07_blossoms"
    picture: Place = ""
    generator: str = "warp"
    judge: str = "measure"
    rubric: str = "default"
    seed: int = Field(default=3, ge=0, lt=2**63)
    output: str = ""


class FirstLoopParameters(NotebookParameters):
    """The parameters of notebook 00_first_loop.

    words   what a person adds to the wish in the branch
    """

    source: str = "data_manifests/demo.jsonl"
    sample: SampleId = "demo_04_dots"
    generator: str = "warp"
    judge: str = "measure"
    rubric: str = "default"
    max_iterations: int = Field(default=4, ge=1, le=100)
    seed: int = Field(default=3, ge=0, lt=2**63)
    words: str = "Make the sleeves 10 % longer."
    output: str = ""


class LoopParameters(BatchParameters):
    """The parameters of notebook 03_closed_loop: those of a batch, or a run that is already there.

    existing_run   a folder or s3://bucket/prefix; then the others are not used
    """

    existing_run: Place = ""
    seed: int = Field(default=3, ge=0, lt=2**63)


class PipelineParameters(NotebookParameters):
    """The parameters of notebook 04_garment_pipeline.

    person     a picture of who wears a garment that comes alone
    diffusion  a generator that takes a map of the person and draws inside a mask; empty: none is shown
    memory_gb  of the card that the memory plan is made for, in 10^9 bytes
    """

    source: str = "data_manifests/demo.jsonl"
    sample: SampleId = "demo_01_stripes"
    person: str = "data_manifests/people/persons/p1.webp"
    segmenter: str = "cutout"
    generator: str = "warp"
    judge: str = "measure"
    diffusion: str = "toy:sd15-controlnet"
    memory_gb: float = Field(default=4.0, gt=0)
    seed: int = Field(default=0, ge=0, lt=2**63)
    output: str = ""


class FailuresParameters(NotebookParameters):
    """The parameters of notebook 09_failures.

    run     a folder or s3://bucket/prefix; empty: run_once.SHOWCASE
    other   a second run over the same samples; empty: for run_once.SHOWCASE its first attempts, else none
    by      who labels
    """

    run: Place = ""
    other: Place = ""
    by: str = "person"
