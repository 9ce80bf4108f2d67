"""A run's figures as files, for a page or a paper.

python -m tryon_core.view.figures.save RUN FOLDER [SAMPLE_ID [ATTEMPT]]     RUN: a folder or s3://bucket/prefix

Every figure that fits the run as PNG (200 dpi) and SVG, named as its function is; with a sample, its stepper as PNG.
"""

import sys
from pathlib import Path

from ...errors import BadInput, StorageError, TryonError
from ...runs.reading import Run, open_run
from . import run_figures as figures
from .chart import SHARP_DPI, png, svg
from .palette import LIGHT, Theme


def save_figures(run: Run, folder: Path, theme: Theme = LIGHT) -> list[Path]:
    """Every figure that fits the run, twice; returns the files. Raises StorageError where they cannot be written."""
    written = []
    for draw in figures.figures_for(run):
        figure = draw(run, theme)
        written.append(_write(folder / f"{draw.__name__}.png", png(figure, SHARP_DPI)))
        written.append(_write(folder / f"{draw.__name__}.svg", svg(figure)))
    return written


def save_stepper(run: Run, sample_id: str, attempt: int, folder: Path) -> Path:
    """The stepper at one attempt; raises UnknownName with the nearest sample, BadInput for an attempt there is not."""
    from ..widgets.stepping.stepper import IterationStepper

    stepper = IterationStepper(run, sample_id=sample_id)
    stepper.attempt = attempt
    return _write(folder / f"{sample_id}_stepper.png", stepper.still())


def _write(path: Path, data: bytes) -> Path:
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    except OSError as e:
        raise StorageError(f"cannot write {path}: {e.strerror or e}; give another folder") from e
    return path


def main(where: str, folder: Path, sample_id: str = "", attempt: str = "1") -> None:
    run = open_run(where)
    written = save_figures(run, folder)
    if sample_id:
        if not attempt.isdigit():
            raise BadInput(f"the attempt is a number from 1, got {attempt!r}")
        written.append(save_stepper(run, sample_id, int(attempt), folder))
    print(*written, sep="\n")


if __name__ == "__main__":
    if not 3 <= len(sys.argv) <= 5:
        sys.exit("usage: python -m tryon_core.view.figures.save RUN FOLDER [SAMPLE_ID [ATTEMPT]]")
    try:
        main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
