"""A papermill engine that passes SIGTERM on to the notebook's kernel: `papermill --engine tryon ...`.

Plain papermill dies of SIGTERM at once and its kernel a second later, in the middle of a call. With this engine the
kernel is told: `run_batch` finishes the calls in flight, records them and stops, and papermill saves the notebook.
"""

import signal
from typing import Any

import psutil
from papermill.engines import NBClientEngine


class PassOnSigterm(NBClientEngine):
    """papermill's own engine, and a signal handler while it works."""

    @classmethod
    def execute_managed_notebook(cls, *arguments: Any, **options: Any) -> Any:
        def pass_on(*_: Any) -> None:
            for kernel in psutil.Process().children():
                kernel.send_signal(signal.SIGTERM)

        before = signal.signal(signal.SIGTERM, pass_on)
        try:
            return super().execute_managed_notebook(*arguments, **options)
        finally:
            signal.signal(signal.SIGTERM, before)
