"""A finished progress bar says so in the notebook that papermill writes."""

import nbformat
import pytest
from executed import outputs
from nbclient import NotebookClient

BAR = """
from tryon_core.runs.notebook.progress import tqdm
with tqdm(total=3, desc="samples", unit="sample", leave={leave}, disable={disable}) as bar:
    bar.update({done})
"""


@pytest.fixture(scope="module")
def left():
    """What three bars leave: a finished one, a stopped one, one that is to go away, one that was never shown."""
    kinds = ((True, False, 3), (True, False, 1), (False, False, 3), (True, True, 3))
    cells = [BAR.format(leave=leave, disable=disable, done=done) for leave, disable, done in kinds]
    notebook = nbformat.v4.new_notebook(cells=[nbformat.v4.new_code_cell(cell) for cell in cells])
    NotebookClient(notebook, kernel_name="python3").execute()
    return [outputs(nbformat.v4.new_notebook(cells=[cell])) for cell in notebook.cells]


def test_a_finished_bar_leaves_its_last_words_and_no_widget(left):
    (finished,), (stopped,), (gone,), never = left
    assert list(finished.data) == ["text/plain"] and finished.data["text/plain"].startswith("samples: 100%")
    assert "3/3" in finished.data["text/plain"] and "1/3" in stopped.data["text/plain"]
    assert gone.data == {"text/plain": ""} and never == []
