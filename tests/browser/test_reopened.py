"""A notebook that was saved in JupyterLab and is opened again, where its widgets no longer live."""

import json

import pytest
from playwright.sync_api import expect

from browser import driving, more_notebooks
from browser.more_notebooks import OPENED

ERRORS = ("Error displaying widget", "Loading widget")


@pytest.fixture
def saved(page, lab, failing_run, request):
    """The path of a notebook with a stepper and a triage, run, saved and shut down."""
    cells = OPENED.format(where=failing_run), "IterationStepper(run)", "FailureTriage(run)"
    path = more_notebooks.of_cells(lab.folder, "reopened", *cells)
    driving.open_notebook(page, lab, path)
    driving.run_all(page)
    stills = page.locator(".jp-RenderedImage img")
    expect(page.locator(".tryon:visible")).to_have_count(2)
    expect(stills).to_have_count(2)
    expect(stills.locator("visible=true")).to_have_count(0)  # beside a widget that lives
    driving.save(page, lab.folder / path)
    for session in page.request.get(lab.page("api/sessions")).json():
        page.request.delete(lab.page(f"api/sessions/{session['id']}"))
    page.goto("about:blank")
    return path


def shows_stills_alone(page):
    expect(page.locator(".jp-RenderedImage img").locator("visible=true")).to_have_count(2)
    for words in ERRORS:
        expect(page.get_by_text(words).locator("visible=true")).to_have_count(0)


def test_with_a_new_kernel_it_shows_the_stills(page, lab, saved, window):
    window.watch.expected = "widget model not found"  # JupyterLab's own words, where a person reads nothing of it
    driving.open_notebook(page, lab, saved)
    shows_stills_alone(page)


def test_without_a_kernel_it_shows_the_stills(page, lab, saved):
    path = lab.folder / saved
    notebook = json.loads(path.read_text())
    notebook["metadata"] = {"kernelspec": {"name": "gone", "display_name": "gone", "language": "gone"}}
    path.write_text(json.dumps(notebook))  # JupyterLab would start another kernel of the same language
    page.goto(lab.page(f"lab/tree/{saved}?reset"))
    page.locator(".jp-Dialog").get_by_role("button", name="No Kernel", exact=True).click()
    expect(page.locator(".jp-Dialog")).to_have_count(0)
    page.get_by_role("button", name="No Kernel", exact=True).wait_for()
    shows_stills_alone(page)
