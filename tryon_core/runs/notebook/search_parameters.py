"""The parameters of notebook 06_search: one picture, or the samples of a data set; strategies at one budget."""

import hashlib
import json
from functools import cached_property
from typing import Any

from pydantic import Field, model_validator

from ...models.embedded.revision import source_digest
from ...models.specs import SPECS
from ...records import canonical
from ..parameters import Models, NotebookParameters, SampleIds, Settings
from .notebook_parameters import Place
from .words_models import weights_here

PEOPLE = "data_manifests/people.jsonl"
# Of the people that are reported on one sample each: six garments, and every way in which a garment differs from what
# is worn. Four of them are mismatches, more than of all people (four of ten).
SIX = ("q1_r_dots", "q2_r_floral", "q3_r_logo", "q4_r_checks", "q5_r_text", "q6_r_blocks")
FOUR = ("eacps", "ttflux", "reseed", "zero_order")
TWO = FOUR[:2]
_PEOPLE = "data_manifests/people"
DEMO_PAIR = {"image": f"{_PEOPLE}/persons/q2.webp", "garment": f"{_PEOPLE}/garments/r_floral.webp"}
_FEW = (2, 1, 2)  # K, M, L of what is drawn only to show how it is done
_EDITING = {"generator": "qwen-image-edit", "clip": "clip", "lpips": "lpips"}  # what an edit by words needs


class SearchParameters(NotebookParameters):
    """The parameters of notebook 06_search.

    image, prompt, garment  one picture: to edit by the prompt, or with `garment` the person who is to wear it
    dataset     where there is no image: a JSONL of {id, image or image_path, prompt}, or a manifest
    samples     only these ids of it; empty: the first `limit`, of the demo people SIX
    strategies  names of recipes.entrants.ENTRANTS; empty: FOUR for the demo people, else TWO
    wide, parents, children  K, M, L of eacps; all may draw K + M L pictures. Unset: 8, 2, 2 for one picture, 4, 2, 2
                for a data set, 2, 1, 2 for the demo people
    models, options  as in BatchParameters; options are the flow's other settings
    devices     one process for each
    output      a folder or s3://bucket/prefix; empty: runs/search-<digest of what decides the pictures>
    reuse       an earlier output, such as that of fewer samples: what is there is not drawn again
    """

    image: Place = ""
    prompt: str = ""
    garment: Place = ""
    dataset: Place = PEOPLE
    samples: SampleIds = ()
    limit: int = Field(default=100, ge=1)
    strategies: SampleIds = ()
    wide: int | None = Field(default=None, ge=1)
    parents: int | None = Field(default=None, ge=1)
    children: int | None = Field(default=None, ge=1)
    generator: str = ""
    models: Models = {}
    options: Settings = {}
    devices: SampleIds = ()
    seed: int = Field(default=3, ge=0, lt=2**63)
    output: Place = ""
    reuse: Place = ""

    @model_validator(mode="after")
    def _one_thing_is_asked(self) -> "SearchParameters":
        if not self.image and (self.prompt or self.garment):
            raise ValueError("prompt and garment go with an image; for a data set leave them out, its lines have them")
        if self.image and not (self.prompt.strip() or self.garment):
            raise ValueError("an image needs a prompt that says what is wanted, or a garment that is to be worn")
        if self.image and (self.samples or self.dataset != PEOPLE):
            raise ValueError("image is one picture, dataset many; give one of the two")
        return self

    @property
    def is_demo(self) -> bool:
        return not self.image and self.dataset == PEOPLE

    @property
    def names(self) -> tuple[str, ...]:
        """The strategies that run."""
        return self.strategies or (FOUR if self.is_demo else TWO)

    @cached_property
    def place(self) -> str:
        """Where everything lies. Other code of the models that draw and select here makes another run."""
        code = [source_digest("warp"), source_digest("classical/classical_scorer", "scorers")]
        deciding = [self.model_dump(mode="json", exclude={"output", "devices", "reuse"}), code]
        return self.output or f"runs/search-{hashlib.sha256(canonical(deciding).encode()).hexdigest()[:8]}"

    @cached_property
    def lacking(self) -> tuple[str, ...]:
        """Models of an edit by words whose weights are not on this machine."""
        if not self.image or self.garment:
            return ()
        given = {*self.models, *(["generator"] if self.generator else [])}
        return tuple(name for argument, name in _EDITING.items() if argument not in given and not weights_here(name))

    @property
    def why(self) -> str:
        """What is shown in place of what was asked for, in a sentence; '' where nothing is."""
        if not self.lacking:
            return ""
        how = " and ".join(f"{name} ({_to_get(name)})" for name in self.lacking)
        return (
            f"This machine lacks the weights of {how}, so {self.image} is not edited: a demo person and garment are "
            "shown, drawn by warp. With -p garment PICTURE your own person is dressed."
        )

    @property
    def single(self) -> dict[str, Any]:
        """For recipes.compare_search."""
        asked = {"image": self.image, "prompt": self.prompt, "garment": self.garment or None}
        return {**(DEMO_PAIR if self.lacking else asked), **self._shared(_FEW if self.lacking else (8, 2, 2))}

    @property
    def batch(self) -> dict[str, Any]:
        """For recipes.batch_compare."""
        samples = self.samples or (SIX if self.is_demo else ())
        sizes = _FEW if self.is_demo else (4, 2, 2)
        return {"dataset": self.dataset, "samples": samples, "limit": self.limit, **self._shared(sizes)}

    def _shared(self, sizes: tuple[int, int, int]) -> dict[str, Any]:
        named = zip(("wide", "parents", "children"), sizes, strict=True)
        given = {name: size if (own := getattr(self, name)) is None else own for name, size in named}
        asked = {"strategies": self.names, "devices": self.devices, "seed": self.seed}
        if not self.lacking:
            asked |= {"generator": self.generator, "models": self._models, "options": self.options}
        return {**given, **asked, "output": self.place, "reuse": self.reuse}

    @property
    def _models(self) -> dict[str, Any]:
        return {argument: model.model_dump() for argument, model in self.models.items()}


def _to_get(name: str) -> str:
    spec = SPECS[name]
    if not spec.converted:
        return f"python -m tryon_core.models.download {name}"
    models = json.dumps({name: {"name": name, "options": {"weights": "FOLDER"}}})
    return f"{spec.converted}, then -p models '{models}'"
