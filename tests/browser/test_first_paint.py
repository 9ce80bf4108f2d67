"""How long it takes to see a run of 1,000 samples in JupyterLab, from Shift+Enter on: told at the end, not judged."""

import time

import pytest
from large_run import write_large_run

from browser import driving, more_notebooks

OPENED = """
from tryon_core.runs.reading import open_run
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.triaging.triage import FailureTriage

run = {where!r}
"""
SEEN = "(picture) => (document.querySelector(picture)?.naturalWidth ?? 0) > 0"  # decoded, so that it can be painted
WIDGETS = {"IterationStepper": ".tryon-stage img.tryon-picture", "FailureTriage": ".tryon-tiles img"}


@pytest.mark.prove
def test_a_thousand_samples_are_soon_seen(page, lab, record_property):
    where = write_large_run(lab.folder / "runs/large", 1000)
    cells = OPENED.format(where=where), *(f"{widget}(open_run(run))" for widget in WIDGETS)
    driving.open_notebook(page, lab, more_notebooks.of_cells(lab.folder, "large", *cells))
    driving.run_cell(page, 1)
    driving.run_cell(page, 2)
    for number, (widget, picture) in enumerate(WIDGETS.items(), 3):
        driving.into_cell(page, number)
        started = time.perf_counter()
        page.keyboard.press("Shift+Enter")
        page.wait_for_function(SEEN, arg=picture, timeout=driving.MODELS_MS)  # looked for at every frame
        seconds = time.perf_counter() - started
        told = f"{widget}: 1,000 samples, {seconds:.2f} s from Shift+Enter to the first picture in JupyterLab"
        record_property("told", told)
