"""A whole system in one call, over models by name or one's own; no run is kept.

Pipeline(...)                        a garment through all stages of the flow `garment`, or one of them
dual_stream_feedback_loop(wish, ...)  a picture from words, refined by the flow `dual_stream`
"""

from .dual_stream_recipe import Refined, dual_stream_feedback_loop
from .garment_recipe import Pipeline, Processed

__all__ = ["Pipeline", "Processed", "Refined", "dual_stream_feedback_loop"]
