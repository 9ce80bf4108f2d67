"""Where relative places of a notebook start."""

import os
from pathlib import Path

DEMO = "data_manifests/demo.jsonl"  # what a folder of this project holds


def to_project() -> None:
    """Go to the project's folder: the nearest one that holds DEMO, from the current folder upwards.

    JupyterLab, Voila and nbval start a kernel in the folder of its notebook, papermill where it was called. Outside of
    a project nothing is changed: relative places then start from the folder that the caller is in.
    """
    here = Path.cwd()
    for folder in (here, *here.parents):
        if (folder / DEMO).is_file():
            os.chdir(folder)
            return
