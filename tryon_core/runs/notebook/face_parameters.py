"""The parameters of notebook 07_faces: tasks of a file, and the ways of putting a character's face in."""

import hashlib
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from ...errors import UnknownName
from ...flows import named
from ...models import declared
from ...models.embedded.revision import source_digest
from ...models.specs import SPECS
from ...records import canonical
from ..parameters import BatchParameters, Models, NotebookParameters, SampleIds, Settings
from .notebook_parameters import Place
from .words_models import weights_here

TASKS = "data_manifests/characters.json"
SIDE_BY_SIDE, REFINED = "side-by-side diffusion", "composite and refine"
EMBEDDED = (  # what swaps, draws and scores here without weights: a run refuses to go on with other code of them
    ("classical_swap", "faces"),
    ("composite", "faces"),
    ("face_identity", "scorers"),
    ("blend_scorer", "scorers/blend"),
)


class FaceParameters(NotebookParameters):
    """The parameters of notebook 07_faces.

    source     a file of tasks, a manifest or a folder
    samples    only these tasks, in this order; empty: the first `limit`. `task_ids` is another name of it
    generator  paints inside the mask; empty: `composite`, which needs no weights
    diffusion  a diffusion model that takes a mask, for the first of the three ways; empty: it is not run
    models     further models by argument of the flow inpaint, such as verifier
    options    settings of the flow inpaint; not start, in which the ways differ
    seed, output   as in BatchParameters; output empty: runs/faces-<digest>
    """

    source: Place = TASKS
    samples: SampleIds = ()
    task_ids: SampleIds = ()
    limit: int = Field(default=3, ge=1)
    generator: str = ""
    diffusion: str = ""
    models: Models = {}
    options: Settings = {}
    seed: int = Field(default=3, ge=0, lt=2**63)
    output: Place = ""

    @model_validator(mode="after")
    def _ids_once(self) -> "FaceParameters":
        if self.samples and self.task_ids:
            raise ValueError("samples and task_ids name the same; give one of the two")
        return self

    @model_validator(mode="after")
    def _known_names(self) -> "FaceParameters":
        """Else a mistyped name is refused when the faces are swapped already."""
        if "start" in self.options:
            raise ValueError("start is what the ways of this notebook differ in; leave it out of options")
        spec = named("inpaint")
        spec.checked(self.options)
        for argument in self.models:
            if argument not in spec.roles:
                raise UnknownName(f"model argument of flow {spec.name}", argument, spec.roles)
        for name in filter(None, (self.generator, self.diffusion)):
            declared(name, "generator")
        return self

    @property
    def ids(self) -> tuple[str, ...]:
        return self.samples or self.task_ids

    @cached_property
    def place(self) -> str:
        """Where everything lies. Other code of the embedded models makes another run."""
        code = [source_digest(name, folder) for name, folder in EMBEDDED]
        deciding = [self.model_dump(mode="json", exclude={"output", "samples", "task_ids"}), self.ids, code]
        return self.output or f"runs/faces-{hashlib.sha256(canonical(deciding).encode()).hexdigest()[:8]}"

    def inpainting(self, name: str, generator: str, **settings: Any) -> BatchParameters:
        """A run of the flow inpaint under `place`, with these of its settings."""
        models = {argument: model.model_dump() for argument, model in self.models.items()}
        return BatchParameters.checked(
            source=self.source,
            samples=self.ids,
            limit=self.limit,
            flow="inpaint",
            generator=generator,
            models=models,
            options=self.options | settings,
            seed=self.seed,
            output=f"{self.place}/{name}",
        )

    @property
    def painting(self) -> BatchParameters:
        """Candidates over the swapped face."""
        return self.inpainting("painted", self.generator, start="swap")

    @property
    def ways(self) -> dict[str, BatchParameters | str]:
        """The ways the reference tried -> how it is run, or why not. The direct swap is a job of its own."""
        refine = self.inpainting("refined", self.diffusion or self.generator, start="composite")
        return {SIDE_BY_SIDE: self._side_by_side(), REFINED: refine}

    def _side_by_side(self) -> BatchParameters | str:
        if not self.diffusion:
            return "no diffusion model was named: -p diffusion qwen-image-edit"
        if self.diffusion in SPECS and not weights_here(self.diffusion):
            return f"no weights here: python -m tryon_core.models.download {self.diffusion}"
        return self.inpainting("side_by_side", self.diffusion, shown="side_by_side")
