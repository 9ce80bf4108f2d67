"""A whole system in one call, over models by name or one's own; but for comparisons, no run is kept.

Pipeline(...)                        a garment through all stages of the flow `garment`, or one of them
dual_stream_feedback_loop(wish, ...)  a picture from words, refined by the flow `dual_stream`
swap_faces(tasks, ...)               the faces of a file's tasks swapped, with summary.json
compare_search(image, ...), batch_compare(dataset, ...)   EACPS against TTFLUX by the flow `search`, kept as runs
"""

from .dual_stream_recipe import Refined, dual_stream_feedback_loop
from .face_swaps import swap_faces
from .garment_recipe import Pipeline, Processed
from .search_recipe import Compared, batch_compare, compare_search

__all__ = [
    "Compared",
    "Pipeline",
    "Processed",
    "Refined",
    "batch_compare",
    "compare_search",
    "dual_stream_feedback_loop",
    "swap_faces",
]
