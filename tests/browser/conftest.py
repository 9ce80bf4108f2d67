"""A real Chromium on pages of real servers; no test may log an error or ask anything of another machine."""

import os
import re
from pathlib import Path

import pytest
from large_run import write_large_run

from browser import servers
from browser.chromium import Watch, chromium

FLAGS = [
    "--no-sandbox",  # in a container Chromium runs as root
    "--disable-gpu",
    "--disable-dev-shm-usage",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--no-first-run",
]
PATIENCE_MS = 60_000  # of every wait: a busy machine is no failure


@pytest.fixture(scope="module")
def browser():
    """For a module only: while it is open, Playwright's event loop holds this thread."""
    program = chromium()
    from playwright.sync_api import expect, sync_playwright

    expect.set_options(timeout=PATIENCE_MS)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture(scope="module")
def window(browser):
    context = browser.new_context(viewport={"width": 1200, "height": 900})
    context.set_default_timeout(PATIENCE_MS)
    context.watch = Watch(context)
    yield context
    context.close()
    servers.end_kernels()


@pytest.fixture(scope="session")
def screenshots(tmp_path_factory):
    """Where each test leaves the last thing it saw; $TRYON_SCREENSHOTS keeps them."""
    folder = Path(os.environ.get("TRYON_SCREENSHOTS") or tmp_path_factory.mktemp("screenshots"))
    folder.mkdir(parents=True, exist_ok=True)
    return folder


@pytest.fixture(autouse=True)
def quiet(window, screenshots, request):
    """After each test: a screenshot, its kernels end, no error was logged, nothing was asked of another machine."""
    before, kernels = list(window.pages), servers.kernels()
    request.node.user_properties.append(("told", f"screenshots of browser tests: {screenshots}"))
    yield
    name = re.sub(r"[^A-Za-z0-9_]+", "-", request.node.name)
    for number, page in enumerate(window.pages):
        page.screenshot(path=screenshots / f"{name}-{number}.png")
        if page not in before:
            page.close()
    servers.end_kernels(kernels)
    errors, left_the_machine = window.watch.so_far()
    assert not left_the_machine, "requests left the machine"
    assert not errors, "a page logged errors"


@pytest.fixture
def page(window):
    """A fresh page for one test."""
    return window.new_page()


@pytest.fixture(scope="package")
def project(tmp_path_factory):
    """A copy of notebooks and samples, made once; where there is no browser no server needs one."""
    chromium()
    return servers.copy_of_the_project(tmp_path_factory.mktemp("project"))


@pytest.fixture(scope="package")  # it ends with the browser tests, not with all tests
def lab(project, tmp_path_factory):
    with servers.jupyterlab(project, tmp_path_factory.mktemp("lab")) as server:
        yield server


@pytest.fixture(scope="package")  # it ends with the browser tests, not with all tests
def voila(project, tmp_path_factory):
    with servers.voila(project, tmp_path_factory.mktemp("voila")) as server:
        yield server


@pytest.fixture
def failing_run(project, request):
    """A run of 40 samples with scripted failures, one for each test: what is labelled in it is this test's."""
    return write_large_run(project / "runs" / request.node.name, samples=40, pictures=12)
