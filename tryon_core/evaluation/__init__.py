"""Numbers of finished pictures, taken with the whole sample, the true picture too: what no flow may select by.

held_out(run, scorers)         every candidate picture of a run, as a table
evaluate(results, source, ...)  the field's numbers of one picture per sample, with the card of their protocol
compared(one, other)            numbers side by side, with their tests; refused where their cards differ
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "Protocol": "protocol",
    "compared": "comparison",
    "evaluate": "evaluating",
    "held_out": "run_scores",
    "read_evaluation": "evaluated",
}

__all__ = [*_WHERE]  # noqa: PLE0604  all of them are texts


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"tryon_core.evaluation has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)
