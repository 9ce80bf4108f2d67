"""Where a run's pictures come from, and what was made from them; marked copies for who takes them out of a run.

python -m tryon_core.provenance descendants SOURCE RUN...    what was made from a picture
python -m tryon_core.provenance ancestors PICTURE RUN...     what a picture was made from
python -m tryon_core.provenance export RUN FOLDER --certificate CHAIN.pem --key KEY.pem
"""

from .kept_calls import KeptCall
from .marking import Marked, export
from .sample_lineage import Kept
from .tracing import Traced, ancestors, descendants

__all__ = ["Kept", "KeptCall", "Marked", "Traced", "ancestors", "descendants", "export"]
