"""Keys, the large picture and the clipboard, for a person in JupyterLab who steps through a run and labels it."""

import re

import pytest
from large_run import write_large_run
from playwright.sync_api import expect

from browser import driving, more_notebooks
from browser.driving import Stepper, Triage
from browser.more_notebooks import OPENED


@pytest.fixture(scope="module")
def shown(window, lab):
    """A stepper and a triage over a run of 40 samples, each in a cell of its own."""
    run = write_large_run(lab.folder / "runs/keys", samples=40, pictures=12)
    cells = OPENED.format(where=run), "IterationStepper(run, sample_of(3))", "FailureTriage(run)"
    page = window.new_page()
    driving.open_notebook(page, lab, more_notebooks.of_cells(lab.folder, "keys", *cells))
    driving.run_all(page)
    yield page
    page.close()


def cells(page):
    return page.locator(".jp-Notebook .jp-CodeCell").count()


def test_arrows_step_and_no_key_reaches_the_notebook(shown):
    stepper, before = Stepper(shown), cells(shown)
    stepper.go_to(1)
    stepper.box.click(position={"x": 4, "y": 4})  # beside every control
    shown.keyboard.press("ArrowRight")
    stepper.shows(2)
    for key in ("d", "d", "a", "b", "x", "ArrowRight"):
        shown.keyboard.press(key)
    stepper.shows(3)
    shown.keyboard.press("ArrowLeft")
    stepper.shows(2)
    assert cells(shown) == before


def test_a_picture_opens_at_full_size_and_is_magnified(shown):
    stepper, large = Stepper(shown), shown.locator("dialog.tryon-full[open]")
    stepper.go_to(1)
    stepper.picture.focus()
    shown.keyboard.press("Enter")
    stage, picture = large.locator(".tryon-full-stage"), large.locator("img")
    expect(picture).to_have_attribute("src", re.compile("^blob:"))
    shown.wait_for_function("picture => picture.naturalWidth === 768", arg=picture.element_handle())
    shown.keyboard.press("1")
    expect(stage).to_have_attribute("data-scale", "1.000")
    box = stage.bounding_box()
    shown.mouse.move(box["x"] + 300, box["y"] + 200)
    shown.mouse.wheel(0, -400)
    expect(stage).to_have_attribute("data-scale", "2.718")
    before = picture.evaluate("picture => picture.style.transform")
    shown.mouse.down()
    shown.mouse.move(box["x"] + 340, box["y"] + 250)
    shown.mouse.up()
    assert picture.evaluate("picture => picture.style.transform") != before
    shown.keyboard.press("ArrowRight")
    expect(picture).to_have_attribute("alt", re.compile("attempt 2"))
    expect(stage).to_have_attribute("data-scale", "2.718")  # attempts are compared in one place
    shown.keyboard.press("Escape")
    expect(large).to_have_count(0)
    stepper.shows(2)


def test_keys_label_and_the_note_takes_letters(shown):
    triage, before = Triage(shown), cells(shown)
    first = triage.choose_tile(1)
    shown.keyboard.press("n")
    expect(triage.note).to_be_focused()
    shown.keyboard.type("a sad hem")
    shown.keyboard.press("Escape")
    shown.keyboard.press("d")
    expect(triage.said).to_contain_text(f"saved: disagree, 1 labelled so far ({first}")
    shown.keyboard.press("a")
    expect(triage.said).to_contain_text("saved: agree, 2 labelled so far")
    expect(triage.looked_at).not_to_have_text(first)
    shown.keyboard.press("ArrowLeft")
    shown.keyboard.press("ArrowLeft")
    expect(triage.looked_at).to_have_text(first)
    expect(triage.note).to_have_value("a sad hem")
    assert cells(shown) == before


def test_labels_are_given_on_the_large_picture_too(shown):
    triage, large = Triage(shown), shown.locator("dialog.tryon-full[open]")
    triage.choose_tile(4)
    triage.box.locator(".large img").click()
    expect(large).to_have_count(1)
    shown.keyboard.press("a")
    expect(large.get_by_role("status")).to_contain_text("saved: agree")
    large.get_by_role("button", name="close").click()
    expect(large).to_have_count(0)


def test_a_tile_pressed_twice_opens_the_stepper_there(shown):
    triage = Triage(shown)
    where = triage.box.locator(".tryon-where")
    everything = re.search(r"of \d+,", where.inner_text()).group()
    triage.box.locator(".tryon-order select").select_option("lowest score first")
    triage.box.locator(".tryon-slice select").select_option("difficulty: hard")
    expect(where).not_to_contain_text(everything)
    triage.choose_tile(2)
    triage.tiles.nth(1).dblclick()
    sample, number = re.match(r"(.+), attempt (\d)", triage.tiles.nth(1).inner_text()).groups()
    stepper = Stepper(triage.box)
    expect(stepper.box.locator(".tryon-head b").first).to_have_text(sample)
    stepper.shows(int(number))
    shown.keyboard.press("s")
    expect(triage.box.locator(".tryon-stepper")).to_have_count(0)


def test_every_control_has_a_name(shown):
    for widget in (".tryon-stepper", ".tryon-triage"):
        controls = driving.controls_in(shown, widget)
        assert len(controls) > 15
        assert [control for control in controls if not control["name"]["value"].strip()] == []
