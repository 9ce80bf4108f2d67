"""Which attention is taken, and that one which cannot be had is refused before a weight is looked for."""

import numpy as np
import pytest
from doubles import picture

from tryon_core import models
from tryon_core.errors import BadInput
from tryon_core.models.device import attention
from tryon_core.records import EditRequest

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")

REQUEST = EditRequest(prompt="a red shirt", images=(picture("red"), picture("white")))
NAMES = {"generator": "flux2-klein-9b", "judge": "qwen3-vl-32b"}


@pytest.mark.parametrize(
    ("role", "asked", "sentence"),
    [
        ("generator", "nonsense", "'nonsense': there is none of this name; what can be used here: flex, native"),
        ("generator", "flash", "on cpu in float32 cannot compute with attention 'flash': .*install `flash-attn"),
        ("generator", "_native_cudnn", "'_native_cudnn': .*; what can be used here: flex, native"),
        ("generator", "flash_hub", "would download code; install the library and give its name without _hub"),
        ("judge", "nonsense", "'nonsense': there is none of this name; what can be used here: sdpa, eager"),
        ("judge", "flash_attention_2", "needs the package flash-attn, a GPU and bfloat16; what can be .*: sdpa, eager"),
        ("judge", "someone/kernels", "would download code; give the name of an installed one"),
    ],
)
def test_one_that_cannot_be_had_is_refused_before_weights_are_looked_for(role, asked, sentence, tmp_path):
    with pytest.raises(BadInput, match=sentence):
        models.load(NAMES[role], role, device="cpu", attention=asked, weights=str(tmp_path / "nowhere"))


@pytest.mark.parametrize("asked", ["flex", "native", "_native_math"])
def test_each_that_is_let_pass_on_a_cpu_draws_about_the_same_picture(asked):
    plain, other = (models.load("toy:flux2-klein-9b", device="cpu", attention=one) for one in ("", asked))
    drawn = [np.asarray(one(REQUEST), int) for one in (plain, other)]
    assert np.abs(drawn[0] - drawn[1]).max() < 3
    assert other.card.settings["attention"] == asked


@pytest.mark.parametrize("asked", ["sdpa", "eager"])
def test_a_judge_takes_each_that_is_always_there(asked):
    judge = models.load("toy:qwen3-vl-32b", "judge", device="cpu", attention=asked)
    assert judge.model.config.get_text_config()._attn_implementation == asked == judge.card.settings["attention"]


def test_one_model_s_attention_is_not_the_next_one_s():
    from diffusers.models.attention_dispatch import _AttentionBackendRegistry as registry

    before = registry.get_active_backend()
    models.load("toy:flux2-klein-9b", device="cpu", attention="_native_math")
    assert registry.get_active_backend() == before


def test_none_at_all_is_what_the_library_takes_by_itself():
    assert attention.check_pipeline_attention("klein", "", "cpu", "float32") is None
    assert attention.check_model_attention("qwen", "", "cpu", "float32") is None
