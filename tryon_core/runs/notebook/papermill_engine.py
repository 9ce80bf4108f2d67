"""A papermill engine that passes SIGTERM on to the notebook's kernel, and no secret: `papermill --engine tryon ...`.

Plain papermill dies of SIGTERM at once and its kernel a second later, in the middle of a call. With this engine the
kernel is told: `run_batch` finishes the calls in flight, records them and stops, and papermill saves the notebook. A
notebook that is run in its place is as clean to `git status` afterwards as its cells are. A key that was given as a
parameter is taken out before anything is written.
"""

import atexit
import signal
from pathlib import Path
from typing import Any

import psutil
from papermill.engines import NBClientEngine
from papermill.translators import translate_parameters

from ...text.scrubbing.refusing import without_secrets
from .git_filter import refresh, tags


class PassOnSigterm(NBClientEngine):
    """papermill's own engine, parameters without secrets, and a signal handler while it works."""

    @classmethod
    def execute_notebook(cls, nb: Any, kernel_name: str, *arguments: Any, **options: Any) -> Any:
        _take_secrets_out(nb, kernel_name)
        return super().execute_notebook(nb, kernel_name, *arguments, **options)

    @classmethod
    def execute_managed_notebook(cls, notebook: Any, *arguments: Any, **options: Any) -> Any:
        written = Path(notebook.nb.metadata.papermill.get("output_path") or "")
        atexit.register(
            lambda: refresh(written) if written.is_file() else None
        )  # papermill writes it once more after us

        def pass_on(*_: Any) -> None:
            for kernel in psutil.Process().children():
                kernel.send_signal(signal.SIGTERM)

        before = signal.signal(signal.SIGTERM, pass_on)
        try:
            return super().execute_managed_notebook(notebook, *arguments, **options)
        finally:
            signal.signal(signal.SIGTERM, before)


def _take_secrets_out(notebook: Any, kernel_name: str) -> None:
    """The cell that papermill injected, and what it noted of its parameters, hold SHOWN in place of each secret."""
    given = notebook.metadata.papermill.get("parameters") or {}
    clean = without_secrets(given)
    if clean == given:
        return
    notebook.metadata.papermill["parameters"] = clean
    language = PassOnSigterm.nb_language(notebook)
    for cell in notebook.cells:
        if "injected-parameters" in tags(cell):
            cell.source = translate_parameters(kernel_name, language, clean, "Parameters")
