"""Which models draw from words alone and judge that, where a notebook names none: FLUX.1 and Gemini where they can be
asked here, else toys, and the sentence that says so."""

from dataclasses import dataclass
from importlib.util import find_spec
from typing import Any

from ...models.hub import snapshot
from ...models.specs import SPECS, TOY
from ...text.scrubbing.secret import secret

LARGE = ("flux1", "gemini")
TOYS = ("toy:flux1", "toy:qwen3-vl-4b")
TOY_SIZE = (256, 256)  # of what a toy draws: at FLUX.1's own 1,024 its noise takes ten times as long
_CHECKPOINT = "flux1-dev"  # what FLUX.1 is read from
_KEYS = ("GEMINI_API_KEY", "GOOGLE_API_KEY")


@dataclass(frozen=True, kw_only=True)
class WordsModels:
    """A generator and a judge by name; `why` says in a sentence what stands in for what, '' for nothing."""

    generator: str
    judge: str
    why: str = ""

    @property
    def is_toy(self) -> bool:
        return self.generator.startswith(TOY)

    def arguments(self) -> dict[str, Any]:
        """For recipes.dual_stream_feedback_loop."""
        size = {"size": TOY_SIZE} if self.is_toy else {}
        return {"generator": self.generator, "judge": self.judge, **size}


def words_models(generator: str = "", judge: str = "") -> WordsModels:
    """The models as named; where none is, the large ones that can be asked here, else toys. Nothing is downloaded.

    A toy's noise is judged by a toy: no server is paid for that.
    """
    lacks = {}
    if not generator and not weights_here(_CHECKPOINT):
        lacks["generator"] = f"the weights of {_CHECKPOINT} (python -m tryon_core.models.download {_CHECKPOINT})"
    generator = generator or (TOYS[0] if "generator" in lacks else LARGE[0])
    if not judge and not any(secret(key) for key in _KEYS):
        lacks["judge"] = f"{_KEYS[0]} (in the environment or in .env)"
    is_toy = generator.startswith(TOY) or "judge" in lacks
    judge = judge or (TOYS[1] if is_toy else LARGE[1])
    return WordsModels(generator=generator, judge=judge, why=_why(lacks, generator, judge))


def weights_here(name: str) -> bool:
    """Whether a model's files are in the hub's cache on this machine."""
    spec = SPECS[name]
    if spec.converted or find_spec("huggingface_hub") is None:
        return False  # what is converted lies in a folder of the user's
    return snapshot(spec, spec.revision, local_files_only=True) is not None


def _why(lacks: dict[str, str], generator: str, judge: str) -> str:
    if not lacks:
        return ""
    toys = [name for name in (generator, judge) if name.startswith(TOY)]
    stand = "stand in, the same classes" if len(toys) > 1 else "stands in, the same class"
    lacking, standing = (" and ".join(names) for names in (lacks.values(), toys))
    return f"This machine lacks {lacking}: {standing} {stand} with random weights, which mean nothing."
