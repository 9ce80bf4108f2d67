"""Voila, for a visitor without code: the pages that pip installs, which ask no other machine for anything."""

import pytest
from playwright.sync_api import expect

from browser import driving, more_notebooks
from browser.driving import Stepper, Triage
from browser.servers import NOTEBOOKS
from tryon_core.runs.kept import labels
from tryon_core.storage.store import open_store

FORMULA, ICON = (
    "from IPython.display import Math\n\nMath('a^2')",
    "import ipywidgets\n\nipywidgets.Button(icon='check')",
)


def test_the_list_of_notebooks_leads_to_one(page, voila):
    page.goto(voila.page("voila/tree"))
    expect(page.get_by_role("link", name="00_first_loop.ipynb")).to_be_visible()


@pytest.mark.parametrize("served_by", ["voila", "lab"])  # JupyterLab has a button that opens Voila
def test_formulas_and_icons_need_no_other_machine(page, request, served_by):
    server = request.getfixturevalue(served_by)
    path = more_notebooks.of_cells(server.folder, "formula_and_icon", FORMULA, ICON)
    driving.open_page(page, server, path.removeprefix("notebooks/") if served_by == "voila" else path)
    expect(page.locator("mjx-container")).to_be_visible()
    expect(page.locator("button i.fa-check")).to_be_visible()
    page.wait_for_function("document.fonts.check('12px FontAwesome', '\\uf00c')")


def test_a_visitor_steps_and_branches(page, voila):
    notebook = more_notebooks.with_parameters(voila.folder, "00_first_loop", seed=8)  # a run that nobody stepped yet
    driving.open_page(page, voila, notebook.removeprefix("notebooks/"))
    stepper = Stepper(page)
    one = stepper.shows(1)
    stepper.next.click()
    two = stepper.shows(2)
    assert stepper.go_to(1) == one != two
    stepper.words.fill(stepper.words.input_value() + " Make the sleeves 10 % shorter.")
    expect(stepper.next).to_have_text("branch from attempt 1")
    stepper.next.click()
    assert stepper.shows(2) != two
    expect(stepper.words).to_be_enabled()
    assert voila.newest_branch("demo_04_dots")["steps"][0]["change"]["by"] == "person"


def test_a_visitor_labels_a_picture_by_keyboard_alone(page, voila, failing_run):
    notebook = more_notebooks.with_parameters(voila.folder, "09_failures", run=failing_run)
    driving.open_page(page, voila, notebook.removeprefix("notebooks/"))
    triage = Triage(page)
    for wanted in (triage.bars.nth(1), triage.tiles.nth(1), triage.agree):
        driving.tab_to(page, wanted)
        page.keyboard.press("Enter")
    expect(triage.said).to_contain_text("saved: agree")
    (label,) = labels.read(open_store(failing_run))
    assert label.says == "agree"


@pytest.mark.prove
@pytest.mark.parametrize("notebook", NOTEBOOKS)
def test_every_notebook_is_a_page_without_errors(page, voila, notebook):
    driving.open_page(page, voila, notebook)
