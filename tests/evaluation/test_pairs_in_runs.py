"""A data set of pairs from its pair file to its numbers: run, opened again, evaluated."""

import pytest
from doubles import Painter, run
from samples import VITON_HD, laid_out

from tryon_core.evaluation import evaluate
from tryon_core.evaluation.protocol import Protocol
from tryon_core.sources import base_of, open_source

SMALL = Protocol(width_px=80, height_px=100)


@pytest.fixture
def viton_hd(tmp_path):
    return laid_out(tmp_path / "VITON-HD", VITON_HD)


def test_a_run_of_pairs_is_evaluated(viton_hd, tmp_path):
    source = f"viton-hd:{viton_hd}"
    done = run(source, tmp_path / "run")
    alone, given = evaluate(done.url, protocol=SMALL), evaluate(done.url, open_source(source), SMALL)
    assert alone.scores == given.scores and len(alone.scores) == 2 and alone.card == given.card
    assert alone.card.protocol.pairing == "paired" and alone.card.shown == 2
    assert "generator painter is scripted" in alone.caution


def test_an_agnostic_run_is_shown_no_answer(viton_hd, tmp_path):
    painter = Painter()
    done = run(f"viton-hd:{viton_hd}:agnostic", tmp_path / "run", painter=painter, limit=1)
    assert [image.getpixel((5, 5)) for image in painter.requests[0].images] == [(128, 128, 128), (255, 255, 255)]
    assert evaluate(done.url, protocol=SMALL).card.shown == 0


def test_the_pictures_of_a_data_set_have_a_base(viton_hd):
    assert base_of(f"viton-hd:{viton_hd}:unpaired") == viton_hd and base_of("dresscode:s3://bucket/sets") is None
