"""A papermill engine that passes SIGTERM on to the notebook's kernel: `papermill --engine tryon ...`.

Plain papermill dies of SIGTERM at once and its kernel a second later, in the middle of a call. With this engine the
kernel is told: `run_batch` finishes the calls in flight, records them and stops, and papermill saves the notebook. A
notebook that is run in its place is as clean to `git status` afterwards as its cells are.
"""

import atexit
import signal
from pathlib import Path
from typing import Any

import psutil
from papermill.engines import NBClientEngine

from .git_filter import refresh


class PassOnSigterm(NBClientEngine):
    """papermill's own engine, and a signal handler while it works."""

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
