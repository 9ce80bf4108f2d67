"""A progress bar that says it finished, also in a notebook that was run without a display.

tqdm's bar in a notebook is a widget whose words are those of its first moment: 'samples: 0%' for ever, in what
papermill writes and in a notebook that is opened again. Ours leaves its last words in the widget's place.
"""

from typing import Any

from tqdm.auto import tqdm as fitting
from tqdm.notebook import tqdm_notebook

__all__ = ["tqdm"]

if issubclass(fitting, tqdm_notebook):
    from IPython.display import Pretty, display

    class tqdm(fitting):
        """As tqdm.auto.tqdm; closed, its widget gives way to a line of text, or to nothing (`leave=False`)."""

        def __init__(self, *arguments: Any, **options: Any):
            super().__init__(*arguments, **options, display=False)
            self._place = None if self.disable else display(self.container, display_id=True)

        def close(self) -> None:
            words = str(self) if self._place and self.leave else ""
            super().close()
            if self._place:
                self._place.update(Pretty(words))
                self._place = None

else:
    tqdm = fitting
