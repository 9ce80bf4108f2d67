"""JupyterLab as a person uses it: run a notebook, draw, step, branch, label."""

import subprocess
import sys

import pytest
from playwright.sync_api import expect

from browser import driving, more_notebooks
from browser.driving import Stepper, Triage
from browser.servers import NOTEBOOKS
from tryon_core.runs.kept import labels
from tryon_core.storage.store import open_store

STEP_BY_HAND = """
from tryon_core.runs import stepping as live
from tryon_core.runs.parameters import BatchParameters
from tryon_core.view.widgets.stepping.stepper import IterationStepper

IterationStepper(live.begin(BatchParameters(sample="demo_04_dots", seed=3)))
"""


@pytest.fixture(scope="module")
def first_loop(window, lab):
    """The first stepper of 00_first_loop after Run All."""
    page = window.new_page()
    driving.open_notebook(page, lab, "notebooks/00_first_loop.ipynb")
    driving.run_all(page)
    yield Stepper(page)
    page.close()


def test_every_cell_of_the_first_loop_runs_and_next_draws_another_picture(first_loop):
    one = first_loop.shows(1)
    first_loop.next.click()
    assert one.startswith("data:image/") and first_loop.shows(2) != one


@pytest.mark.parametrize("clipboard", ["there", "missing, as on plain http"])
def test_the_copied_code_draws_the_attempt_again(first_loop, clipboard, tmp_path):
    first_loop.go_to(1)
    page, button = first_loop.box.page, first_loop.box.locator("button.tryon-code")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.evaluate("window.kept = navigator.clipboard; kept.writeText('')")
    if clipboard != "there":
        page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})")
    button.click()
    expect(first_loop.box.locator(".tryon-copied")).not_to_be_empty()
    if clipboard != "there":  # the older way needs a press that is not long ago
        first_loop.box.locator(".tryon-copy").click()
    expect(first_loop.box.locator(".tryon-copied")).to_have_text("Copied.")
    code = page.evaluate("kept.readText()")
    button.click()
    page.evaluate("Object.defineProperty(navigator, 'clipboard', {value: kept, configurable: true})")
    (tmp_path / "again.py").write_text(f"{code}\nfrom tryon_core.images import digest\nprint(digest(picture))\n")
    again = subprocess.run([sys.executable, "again.py"], cwd=tmp_path, capture_output=True, text=True, check=True)
    assert again.stdout.strip() == first_loop.picture.get_attribute("data-picture")


def test_other_words_branch_and_are_recorded_as_the_persons(first_loop, lab):
    first_loop.go_to(1)
    first_loop.words.fill(first_loop.words.input_value() + " Lengthen the hem by 20 %.")
    expect(first_loop.next).to_have_text("branch from attempt 1")
    first_loop.next.click()
    first_loop.shows(2)
    first, second = lab.newest_branch("demo_04_dots")["steps"]
    assert first["change"]["by"] == "person" and "Lengthen the hem by 20 %" in second["request"]["prompt"]


def test_next_draws_one_more_and_is_off_meanwhile(page, lab):
    path = more_notebooks.of_cells(lab.folder, "step_by_hand", STEP_BY_HAND)
    driving.open_notebook(page, lab, path)
    driving.run_all(page)
    stepper = Stepper(page)
    stepper.next.click()
    expect(stepper.next).to_be_disabled()
    one = stepper.shows(1)
    driving.tab_to(page, stepper.next)
    page.keyboard.press("Enter")
    assert stepper.shows(2) != one
    expect(stepper.words).to_be_enabled()


def test_a_label_given_behind_a_bar_is_a_line_on_disk(page, lab, failing_run):
    notebook = more_notebooks.with_parameters(lab.folder, "09_failures", run=failing_run, by="a tester")
    driving.open_notebook(page, lab, notebook)
    driving.run_all(page)
    triage = Triage(page)
    triage.choose_bar(2)
    sample = triage.choose_tile(3)
    triage.note.fill("the <b>hem</b> is right")
    triage.disagree.click()
    expect(triage.said).to_contain_text("saved: disagree")
    (label,) = labels.read(open_store(failing_run))
    kept = label.sample_id, label.says, label.note, label.by
    assert kept == (sample, "disagree", "the <b>hem</b> is right", "a tester")


@pytest.mark.prove
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_every_notebook_runs_from_top_to_bottom(page, lab, notebook):
    driving.open_notebook(page, lab, f"notebooks/{notebook}")
    driving.run_all(page)
