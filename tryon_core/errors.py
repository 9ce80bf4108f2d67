"""Every error a user can meet, each one clear sentence: what was wrong, what was got, what to do.

TryonError
  BadInput (ValueError)        something given to us cannot be used
    UnknownName                no such model, rubric, parameter; suggests the nearest
    BadManifest                a manifest line is broken; carries the line number
    BadPicture                 a picture is unreadable, cut off, too small or too large
  StorageError (OSError)       a folder or bucket cannot be read or written
    Damaged                    a file of a run is there and is not what it should be: cut, altered, or another's
    RunConflict                the output holds a run with other parameters, or another process writes it
  MissingWeights               a model's files are not on this machine
  BadReply                     a judge's reply cannot be read; becomes *unscored*, never a number
  ModelFailed                  a model broke on one call; the sample is recorded as failed and the run goes on
  FewAccepted                  fewer samples were accepted than `fail_under` asks for; everything is written
  NoAnswers                    a model answers nothing at all: its check, or all its first calls failed; the run stops
  Refused                      a model declines this sample for a named reason: the sample's outcome, not a crash
  Stopped                      a stop was asked for; what was finished is recorded
"""

import difflib
from collections.abc import Iterable

_NAMES_SHOWN = 20  # of all that are known; a source may hold thousands of samples


class TryonError(Exception):
    """Base of all errors this package raises on purpose."""


class BadInput(TryonError, ValueError):
    """Something given to us cannot be used."""


class UnknownName(BadInput):
    """No such name. `among` holds the known ones; the nearest is suggested."""

    def __init__(self, what: str, name: str, among: Iterable[str]):
        known = sorted(set(among))
        near = difflib.get_close_matches(str(name).lower(), known, n=1, cutoff=0.5)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        shown = ", ".join(known[:_NAMES_SHOWN]) + (
            f" and {more} more" if (more := len(known) - _NAMES_SHOWN) > 0 else ""
        )
        super().__init__(f"no {what} is called {name!r}.{hint} Known: {shown or 'none'}")


class BadManifest(BadInput):
    """A line of a manifest cannot be used."""

    def __init__(self, manifest: str, line: int, problem: str):
        super().__init__(f"{manifest}, line {line}: {problem}")
        self.line = line


class BadPicture(BadInput):
    """A picture cannot be used."""


class StorageError(TryonError, OSError):
    """A folder or bucket cannot be read or written."""


class Damaged(StorageError):
    """A file of a run is not what it should be; the message names it."""


class RunConflict(StorageError):
    """The output belongs to another run, or another process is writing it."""


class MissingWeights(TryonError):
    """A model's files are not on this machine."""


class BadReply(TryonError):
    """A judge's reply cannot be read."""


class ModelFailed(TryonError):
    """A model broke on one call; the cause is chained."""


class FewAccepted(TryonError):
    """Fewer samples were accepted than asked for."""


class NoAnswers(TryonError):
    """A model answers nothing at all, so that going on would only spend: the run stops."""


class Refused(TryonError):
    """A model declines a sample. `reason` is a short fixed name such as 'white_on_white'; the message explains it."""

    def __init__(self, reason: str, message: str):
        super().__init__(message)
        self.reason = reason

    def __reduce__(self) -> tuple:
        return Refused, (self.reason, str(self))  # so that it crosses to another process whole


class Stopped(TryonError):
    """A stop was asked for (SIGTERM, Ctrl-C); everything finished is recorded."""
