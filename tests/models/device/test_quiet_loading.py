"""Loading a model says nothing that nobody can act on, and all else."""

import logging
import os
import subprocess
import sys

import pytest

from tryon_core.models.device.quiet_loading import torchvision_unmissed

LOADING = "from tryon_core.models import load; load('toy:sd15-controlnet', device='cpu')"
SAYING = "requires torchvision (not installed); falling back to its twin"


def test_a_toy_is_built_and_read_without_bars_or_torchvision(tmp_path):
    pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
    environment = os.environ | {"TRYON_CACHE": str(tmp_path)}
    done = subprocess.run([sys.executable, "-c", LOADING], capture_output=True, text=True, check=True, env=environment)
    assert list(tmp_path.glob("**/unet/*.safetensors"))
    assert "%|" not in done.stderr + done.stdout and "torchvision" not in done.stderr


def test_all_else_is_said_and_after_loading_that_too(caplog):
    logger = logging.getLogger("transformers.utils.import_utils")
    logger.addHandler(caplog.handler)
    try:
        with torchvision_unmissed():
            logger.warning(SAYING)
            logger.warning("a file is broken")
        logger.warning(SAYING)
    finally:
        logger.removeHandler(caplog.handler)
    assert list(dict.fromkeys(record.getMessage() for record in caplog.records)) == ["a file is broken", SAYING]


def test_words_that_only_clip_cuts_short_are_no_warning(caplog):
    pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
    from tryon_core.models import load
    from tryon_core.records import EditRequest, Settings

    model = load("toy:flux1", device="cpu")
    loggers = [logging.getLogger(name) for name in ("transformers", "diffusers")]
    for logger in loggers:
        logger.addHandler(caplog.handler)
    try:
        model(EditRequest(prompt="a forest at night " * 16, images=(), settings=Settings(size=(64, 64), steps=1)))
    finally:
        for logger in loggers:
            logger.removeHandler(caplog.handler)
    assert not [record.getMessage() for record in caplog.records if "77" in record.getMessage()]
