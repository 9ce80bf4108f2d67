"""A whole system in one call, over models by name or one's own; but for comparisons, no run is kept.

Pipeline(...)                        a garment through all stages of the flow `garment`, or one of them
dual_stream_feedback_loop(wish, ...)  a picture from words, refined by the flow `dual_stream`
swap_faces(tasks, ...)               the faces of a file's tasks swapped, with summary.json
compare_search(image, ...), batch_compare(dataset, ...)   EACPS against TTFLUX by the flow `search`, kept as runs
"""

from importlib import import_module
from typing import Any

_WHERE = {
    "Compared": "search_recipe",
    "Pipeline": "garment_recipe",
    "Processed": "garment_recipe",
    "Refined": "dual_stream_recipe",
    "batch_compare": "search_recipe",
    "compare_search": "search_recipe",
    "dual_stream_feedback_loop": "dual_stream_recipe",
    "swap_faces": "face_swaps",
}  # resolved when asked for: `python -m` warns of a module that its own package imported before

__all__ = [*_WHERE]  # noqa: PLE0604  all of them are texts


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        raise AttributeError(f"tryon_core.recipes has no {name!r}; it has {', '.join(__all__)}")
    return getattr(import_module(f".{_WHERE[name]}", __name__), name)
