"""Two pictures of a visitor's own, tried on in Voila and in JupyterLab."""

import pytest
from playwright.sync_api import expect

from browser import driving, more_notebooks
from browser.driving import Stepper
from browser.servers import PROJECT

TRY_ON = """
from tryon_core import BatchParameters, begin
from tryon_core.view.widgets.stepping.stepper import IterationStepper
from tryon_core.view.widgets.upload import Upload

Upload(lambda source: IterationStepper(begin(BatchParameters(source=source, seed=3))))
"""
PEOPLE = PROJECT / "data_manifests/people"


def choose(page, role, path):
    with page.expect_file_chooser() as chooser:
        page.locator(f".tryon-upload-{role}").click()
    chooser.value.set_files(path)


@pytest.mark.parametrize("served_by", ["voila", "lab"])
def test_a_visitor_tries_on_two_pictures_of_their_own(page, request, served_by, tmp_path):
    server = request.getfixturevalue(served_by)
    path = more_notebooks.of_cells(server.folder, f"upload_in_{served_by}", TRY_ON)
    if served_by == "voila":
        driving.open_page(page, server, path.removeprefix("notebooks/"))
    else:
        driving.open_notebook(page, server, path)
        driving.run_all(page)
    (tmp_path / "notes.txt").write_text("hello")
    button, said = page.locator("button.tryon-try-on"), page.locator(".tryon-upload .tryon-error")
    choose(page, "person", tmp_path / "notes.txt")
    expect(said).to_contain_text("no JPEG, PNG or WebP picture")
    expect(button).to_be_disabled()
    choose(page, "person", PEOPLE / "persons/p1.webp")
    choose(page, "garment", PEOPLE / "garments/dots.webp")
    button.click()
    stepper = Stepper(page.locator(".tryon-upload"))
    stepper.next.click()
    assert stepper.shows(1).startswith("data:image/")
    (kept,) = {path.parent for path in (server.folder / "runs/uploads").rglob("person.png")}
    assert {path.name for path in kept.iterdir()} >= {"person.png", "garment.png", "manifest.jsonl"}
