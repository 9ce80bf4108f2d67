"""What a person does in JupyterLab and Voila, in Playwright's words; every wait is for a state, none for a time."""

import re
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Locator, Page, expect

from browser.servers import Server

BEGUN, RAN = re.compile(r"\[(\d+|\*)\]:?"), re.compile(r"\[\d+\]:?")
CHOSEN = re.compile("chosen")
CONTROLS = ("button", "slider", "textbox", "searchbox", "combobox", "checkbox", "img", "application")
MODELS_MS = 120_000  # a model may draw meanwhile, on a machine that does other things as well
PRESSED_AGAIN_MS = 3_000


def open_notebook(page: Page, lab: Server, path: str) -> None:
    """Open a notebook of the server's folder in JupyterLab and wait until its kernel is idle."""
    page.goto(lab.page(f"lab/tree/{path}?reset"))
    page.locator(".jp-Notebook .jp-Cell").first.wait_for()
    page.get_by_text("Python 3 (ipykernel) | Idle").wait_for()


def run_all(page: Page) -> None:
    """Menu Run, Run All Cells; then wait until every cell has its number and none an error.

    JupyterLab ignores the menu for a moment after the kernel says idle, so it is chosen until the first cell answers.
    """
    prompts = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt")
    for patience_ms in (3_000, 3_000, 3_000, MODELS_MS):
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.get_by_text("Run All Cells", exact=True).click()
        try:
            expect(prompts.first).to_have_text(BEGUN, timeout=patience_ms)
            break
        except AssertionError:
            if patience_ms == MODELS_MS:
                raise
    expect(prompts).to_have_text([RAN] * prompts.count(), timeout=MODELS_MS)
    expect(page.locator("[data-mime-type='application/vnd.jupyter.error']")).to_have_count(0)


def choose(button: Locator, answered: Callable[[float], None]) -> None:
    """Press what may be pressed twice until it has answered; `answered` is told how many milliseconds to wait for it.

    A page that still grows can move a button away between the press and the release, and then nothing was pressed; on a
    busy machine it grows for many seconds, and an answer may come behind the next press, so each waits twice as long.
    """
    patience_ms, waited_ms = PRESSED_AGAIN_MS, 0
    while True:
        button.click()
        try:
            return answered(patience_ms)
        except AssertionError:
            waited_ms += patience_ms
            if waited_ms >= MODELS_MS:
                raise
            patience_ms *= 2


def save(page: Page, notebook: Path) -> None:
    """Menu File, Save Notebook; then wait until the file holds the outputs."""
    page.get_by_role("menuitem", name="File", exact=True).click()
    page.get_by_text("Save Notebook", exact=True).click()
    until = time.monotonic() + MODELS_MS / 1000
    while "image/png" not in notebook.read_text():
        assert time.monotonic() < until, f"{notebook} was not saved"
        page.wait_for_timeout(100)


def open_page(page: Page, voila: Server, path: str) -> None:
    """Open a notebook of the server's folder as Voila shows it and wait until it is drawn whole."""
    page.goto(voila.page(f"voila/render/{path}"), timeout=MODELS_MS, wait_until="commit")
    page.locator("#rendered_cells").wait_for(timeout=MODELS_MS)
    expect(page.get_by_text("There was an error when executing cell")).to_have_count(0)


class Stepper:
    """An IterationStepper on a page."""

    def __init__(self, place: Page | Locator):
        self.box = place.locator(".tryon-stepper").first
        self.attempts = self.box.locator(".tryon-attempts button")
        self.picture = self.box.locator(".tryon-stage img.tryon-picture").first
        self.words = self.box.locator(".tryon-words textarea")
        self.verdict = self.box.locator(".tryon-verdict select")
        self.next = self.box.locator("button.tryon-next")

    def go_to(self, number: int) -> str:
        """Choose an attempt and wait until it is shown; returns the picture's data URI."""
        choose(self.attempts.nth(number - 1), lambda patience_ms: self.shows(number, patience_ms))
        return self.shows(number)

    def shows(self, number: int, patience_ms: float = MODELS_MS) -> str:
        """Wait until the picture is that of an attempt; returns its data URI."""
        expect(self.picture).to_have_attribute("alt", re.compile(rf"attempt {number}\b"), timeout=patience_ms)
        return self.picture.get_attribute("src")


def controls_in(page: Page, selector: str) -> list[dict]:
    """What a screen reader meets inside the first element: buttons, fields, pictures, ..., each with its name."""
    session = page.context.new_cdp_session(page)
    root = session.send("DOM.getDocument")["root"]["nodeId"]
    node = session.send("DOM.querySelector", {"nodeId": root, "selector": selector})["nodeId"]
    nodes = session.send("Accessibility.queryAXTree", {"nodeId": node})["nodes"]
    return [node for node in nodes if not node["ignored"] and node["role"]["value"] in CONTROLS]


def tab_to(page: Page, there: Locator, most: int = 200) -> None:
    """Press Tab until the focus is there, as a person without a mouse does."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if there.evaluate("element => element === document.activeElement"):
            return
    raise AssertionError(f"{most} times Tab did not reach {there}")


def into_cell(page: Page, number: int) -> None:
    """Put the cursor into the code cell of this number, from 1."""
    page.locator(".jp-Notebook .jp-CodeCell .cm-content").nth(number - 1).click()


def run_cell(page: Page, number: int) -> None:
    """Run one code cell and wait for its end."""
    into_cell(page, number)
    page.keyboard.press("Shift+Enter")
    prompt = page.locator(".jp-Notebook .jp-CodeCell .jp-InputPrompt").nth(number - 1)
    expect(prompt).to_have_text(RAN, timeout=MODELS_MS)


class Triage:
    """A FailureTriage on a page."""

    def __init__(self, place: Page | Locator):
        self.box = place.locator(".tryon-triage").first
        self.bars = self.box.locator("button.tryon-bar")
        self.tiles = self.box.locator("button.tryon-tile")
        self.looked_at = self.box.locator(".tryon-looked-at h4")
        self.note = self.box.locator(".tryon-note textarea")
        self.agree = self.box.locator("button.tryon-agree")
        self.disagree = self.box.locator("button.tryon-disagree")
        self.said = self.box.locator(".tryon-said")

    def choose_bar(self, number: int) -> None:
        """Press a bar, from 1, and wait until it is the chosen one."""
        bar = self.bars.nth(number - 1)
        choose(bar, lambda patience_ms: expect(bar).to_have_text(CHOSEN, timeout=patience_ms))

    def choose_tile(self, number: int) -> str:
        """Press a picture of the page, from 1; returns its sample once that is looked at."""
        tile = self.tiles.nth(number - 1)
        choose(tile, lambda patience_ms: expect(tile).to_have_text(CHOSEN, timeout=patience_ms))
        sample = tile.inner_text().split(",")[0]
        expect(self.looked_at).to_have_text(sample)
        return sample
