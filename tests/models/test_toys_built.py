"""When a toy checkpoint is built anew."""

import inspect

import pytest

from tryon_core.models import toy
from tryon_core.models.diffusion import toy_words

BUILDERS = (toy.build_flux2_klein, toy.build_qwen3_vl)


@pytest.mark.parametrize("module", [toy, toy_words])
def test_a_toy_is_built_anew_where_its_source_changed(monkeypatch, module):
    """Its own, or that of what the toys of diffusion models have alike."""
    before, read = [toy._revision(build) for build in BUILDERS], inspect.getsource
    monkeypatch.setattr(inspect, "getsource", lambda one: read(one) + ("# more" if one is module else ""))
    after = [toy._revision(build) for build in BUILDERS]
    assert all(one != other for one, other in zip(before, after, strict=True))
