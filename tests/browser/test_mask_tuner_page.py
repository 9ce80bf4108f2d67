"""A click on a picture makes a mask, by mouse and by keyboard, in Voila and in JupyterLab."""

import re

import pytest
from playwright.sync_api import expect

from browser import driving, more_notebooks
from browser.servers import PROJECT

GARMENTS = PROJECT / "data_manifests/people/garments"
TUNER = """
from tryon_core import images
from tryon_core.view.widgets.masking.mask_tuner import MaskTuner

MaskTuner(images.read("data_manifests/people/garments/dots.webp"))
"""
ALPHA = """([x, y]) => {
  const mask = document.querySelector("img.tryon-canvas-mask");
  if (!mask?.naturalWidth) return 0;
  const copy = Object.assign(document.createElement("canvas"), {width: mask.naturalWidth, height: mask.naturalHeight});
  const pen = copy.getContext("2d");
  pen.drawImage(mask, 0, 0);
  return pen.getImageData(x * copy.width, y * copy.height, 1, 1).data[3];
}"""
CHEST, CORNER = [0.5, 0.45], [0.03, 0.03]


class Tuner:
    """A MaskTuner on a page."""

    def __init__(self, page):
        self.page, self.box = page, page.locator(".tryon-mask-tuner")
        self.stage = self.box.locator(".tryon-canvas-stage")
        self.wanted, self.unwanted = (self.box.locator(f".tryon-canvas-point-{label}") for label in (1, 0))
        self.choices, self.use = self.box.locator("button.tryon-mask-choice"), self.box.locator("button.tryon-use")
        self.said = self.box.locator(".tryon-mask-said")
        self.stage.scroll_into_view_if_needed()

    def at(self, place):
        box = self.stage.bounding_box()
        return {"x": place[0] * box["width"], "y": place[1] * box["height"]}

    def clear(self):
        """Press clear and wait until no point and no box is left."""
        signs = self.box.locator("svg :is(.tryon-canvas-box, .tryon-canvas-point-1, .tryon-canvas-point-0)")
        button = self.box.locator("button.tryon-clear")
        driving.choose(button, lambda patience_ms: expect(signs).to_have_count(0, timeout=patience_ms))

    def covers(self, place):
        """Wait until the mask is drawn over a place."""
        self.page.wait_for_function(f"place => ({ALPHA})(place) > 0", arg=place, timeout=driving.MODELS_MS)

    def leaves_out(self, place):
        """Wait until a mask is drawn, or none is, that is not over a place."""
        self.page.wait_for_function(f"place => ({ALPHA})(place) === 0", arg=place, timeout=driving.MODELS_MS)


def opened(page, server, kind, name):
    path = more_notebooks.of_cells(server.folder, f"{name}_in_{kind}", TUNER)
    if kind == "voila":
        driving.open_page(page, server, path.removeprefix("notebooks/"))
    else:
        driving.open_notebook(page, server, path)
        driving.run_all(page)
    return Tuner(page)


@pytest.fixture(scope="module", params=["voila", "lab"])
def tuner(request, window):
    page = window.new_page()
    yield opened(page, request.getfixturevalue(request.param), request.param, "mask_tuner")
    page.close()


def test_a_click_makes_a_mask_and_another_click_removes_it(tuner):
    tuner.stage.click(position=tuner.at(CHEST))
    tuner.covers(CHEST)
    tuner.leaves_out(CORNER)
    expect(tuner.choices).to_have_count(3)
    expect(tuner.use).to_be_enabled()
    tuner.stage.click(position=tuner.at(CHEST))
    tuner.leaves_out(CHEST)
    expect(tuner.wanted).to_have_count(0)


def test_a_right_click_says_what_is_not_of_it_and_opens_no_menu(tuner):
    tuner.stage.click(position=tuner.at(CHEST))
    tuner.stage.click(position=tuner.at(CORNER), button="right")
    tuner.stage.click(position=tuner.at([0.97, 0.03]), modifiers=["Shift"])
    expect(tuner.unwanted).to_have_count(2)
    expect(tuner.page.locator(".lm-Menu")).to_have_count(0)
    tuner.covers(CHEST)
    tuner.clear()
    tuner.leaves_out(CHEST)


def test_dragging_draws_a_box_and_what_is_in_it_is_masked(tuner):
    tuner.stage.scroll_into_view_if_needed()
    box = tuner.stage.bounding_box()
    corners = [(box["x"] + x * box["width"], box["y"] + y * box["height"]) for x, y in ((0.05, 0.1), (0.95, 0.95))]
    tuner.page.mouse.move(*corners[0])
    tuner.page.mouse.down()
    tuner.page.mouse.move(*corners[1], steps=4)
    tuner.page.mouse.up()
    expect(tuner.box.locator(".tryon-canvas-box")).to_have_count(1)
    tuner.covers(CHEST)
    tuner.leaves_out(CORNER)
    tuner.clear()
    tuner.leaves_out(CHEST)


def test_the_keyboard_alone_makes_a_mask_and_uses_it(tuner):
    page = tuner.page
    cells = page.locator(".jp-Notebook .jp-CodeCell").count()
    driving.tab_to(page, tuner.stage)
    to_corner, from_there = ["Shift+ArrowLeft", "Shift+ArrowUp"] * 10, ["Shift+ArrowRight", "Shift+ArrowDown"] * 5
    for key in (*to_corner, *from_there, "ArrowUp", "ArrowUp", "d", "d", "Enter"):
        page.keyboard.press(key)
    expect(tuner.box.get_by_role("status")).to_contain_text("a point of it, 50 % across, 48 % down")
    tuner.covers([0.5, 0.48])
    for key in (*to_corner, "Shift+Enter"):
        page.keyboard.press(key)
    expect(tuner.unwanted).to_have_count(1)
    page.keyboard.press("Backspace")
    expect(tuner.unwanted).to_have_count(0)
    driving.tab_to(page, tuner.use)
    page.keyboard.press("Enter")
    expect(tuner.said).to_contain_text("kept for use")
    assert page.locator(".jp-Notebook .jp-CodeCell").count() == cells


def test_in_the_pipelines_notebook_a_visitors_mask_opens_a_branch(page, voila):
    path = more_notebooks.with_parameters(voila.folder, "04_garment_pipeline", sample="demo_04_dots", diffusion="")
    driving.open_page(page, voila, path.removeprefix("notebooks/"))
    tuner = Tuner(page)
    tuner.covers(CHEST)  # it opens with what the segmenter found
    tuner.stage.click(position=tuner.at(CHEST))
    expect(tuner.choices).to_have_count(3)
    tuner.use.click()
    stepper = driving.Stepper(tuner.box)
    expect(stepper.box.locator(".tryon-head b").first).to_have_text("demo_04_dots", timeout=driving.MODELS_MS)
    expect(stepper.box.locator(".tryon-attempts button")).to_have_count(3)


def test_a_picture_of_one_s_own_is_masked_too(tuner, tmp_path):
    (tmp_path / "notes.txt").write_text("hello")
    for path in (tmp_path / "notes.txt", GARMENTS / "stripes.webp"):
        with tuner.page.expect_file_chooser() as chooser:
            tuner.box.locator(".tryon-mask-upload").click()
        chooser.value.set_files(path)
        if path.suffix == ".txt":
            expect(tuner.box.get_by_role("alert")).to_contain_text("no JPEG, PNG or WebP picture")
    expect(tuner.box.get_by_role("alert")).to_have_count(0)
    tuner.stage.click(position=tuner.at(CHEST))
    tuner.covers(CHEST)


def test_every_control_of_the_tuner_has_a_name(tuner):
    controls = driving.controls_in(tuner.page, ".tryon-mask-tuner")
    assert len(controls) > 12 and [control for control in controls if not control["name"]["value"].strip()] == []
    expect(tuner.stage).to_have_attribute("aria-label", re.compile("Enter sets a point"))
