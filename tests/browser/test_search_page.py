"""Two searches side by side in JupyterLab: the budget by keys and slider, candidates by mouse and keyboard."""

import pytest
from playwright.sync_api import expect
from search_runs import held_out, searched

from browser import driving, more_notebooks

CELLS = """
import pandas as pd
from tryon_core.runs.reading import open_run
from tryon_core.view.widgets.searching.search_compare import SearchCompare

compared = SearchCompare(open_run({a!r}), open_run({b!r}), held_out=pd.read_json({scores!r}))
"""


@pytest.fixture(scope="module")
def opened(tmp_path_factory):
    """The cell that compares EACPS and random search over three fields."""
    folder = tmp_path_factory.mktemp("searches")
    runs = [searched(folder, "eacps"), searched(folder, "ttflux", metric="height", weights={})]
    scores = folder / "held_out.json"
    held_out(*runs, metrics=("truth", "height")).to_json(scores)
    return CELLS.format(a=runs[0].store.url, b=runs[1].store.url, scores=str(scores))


@pytest.fixture(scope="module")
def searches(window, lab, opened):
    page = window.new_page()
    driving.open_notebook(page, lab, more_notebooks.of_cells(lab.folder, "searches", opened, "compared"))
    driving.run_all(page)
    yield page
    page.close()


def test_arrows_slide_the_budget_and_no_key_reaches_the_notebook(searches):
    box, cells = searches.locator(".tryon-searching"), searches.locator(".jp-Notebook .jp-CodeCell").count()
    readout = box.locator(".tryon-budget .widget-readout")
    expect(readout).to_have_text("8 pictures")
    box.click(position={"x": 4, "y": 4})
    searches.keyboard.press("ArrowLeft")
    expect(readout).to_have_text("7 pictures")
    for key in ("d", "d", "a", "b", "x"):
        searches.keyboard.press(key)
    searches.keyboard.press("j")
    expect(box.locator(".tryon-sample select")).to_have_value("s01")
    assert searches.locator(".jp-Notebook .jp-CodeCell").count() == cells
    searches.keyboard.press("k")
    searches.keyboard.press("ArrowRight")
    expect(readout).to_have_text("8 pictures")


def test_a_candidate_is_pressed_by_mouse_and_by_keyboard(searches):
    side = searches.locator(".tryon-side").first
    side.locator("button.tryon-candidate").nth(1).click()
    expect(side.locator(".tryon-looked-at")).to_contain_text("candidate 2, global, not the best so far")
    driving.tab_to(searches, side.locator("button.tryon-candidate").nth(2))
    searches.keyboard.press("Enter")
    expect(side.locator(".tryon-looked-at")).to_contain_text("candidate 3, global")


def test_tiles_stand_where_the_lines_end(searches):
    """Each child's tile lies under its line: places are computed in Python and drawn by the browser."""
    tree = searches.locator(".tryon-candidates").first
    ground = tree.locator("svg").bounding_box()
    tiles = tree.locator(".tryon-pressable").all()
    boxes = [tile.bounding_box() for tile in tiles]
    ends = [path.get_attribute("d").split(" ")[-1].split(",") for path in tree.locator("path").all()]
    assert len(ends) == 4
    for across, down in ends:
        x, y = ground["x"] + float(across), ground["y"] + float(down)
        assert sum(b["x"] < x < b["x"] + b["width"] and b["y"] < y < b["y"] + b["height"] for b in boxes) == 1


def test_the_large_picture_opens_over_the_page(searches):
    searches.locator(".tryon-side").last.locator(".tryon-looked-at img").click()
    expect(searches.locator("dialog.tryon-full[open] img")).to_be_visible()
    searches.keyboard.press("Escape")
    expect(searches.locator("dialog.tryon-full[open]")).to_have_count(0)


def test_a_visitor_of_voila_slides_and_presses(page, voila, opened):
    notebook = more_notebooks.of_cells(voila.folder, "searches", opened, "compared")
    driving.open_page(page, voila, notebook.removeprefix("notebooks/"))
    box = page.locator(".tryon-searching")
    expect(box.locator(".tryon-finding")).to_contain_text("in s00 by truth, held out")
    driving.tab_to(page, box.locator(".tryon-budget .noUi-handle"))
    page.keyboard.press("ArrowLeft")
    expect(box.locator(".tryon-budget .widget-readout")).to_have_text("7 pictures")
    expect(box.locator(".tryon-finding")).to_contain_text("At 7 pictures")
    box.locator("button.tryon-candidate").first.click()
    expect(box.locator(".tryon-looked-at").first).to_contain_text("candidate 1, global")
