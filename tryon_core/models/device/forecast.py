"""What a model would take of a device, before anything is loaded and for a device that need not be here."""

from typing import Any

from ...errors import BadInput
from .. import load, options_of
from .needs import FORECASTING, Forecast, Needs


def forecast(name: str, role: str = "", **options: Any) -> Needs:
    """As the model's own builder plans it, from the headers of its files; no weight is read.

    options  as for models.load; with device='cuda' a GPU need not be here
    raises   as models.load; BadInput for a model that is not placed by its size, such as an embedded one
    """
    if "memory_gb" in options_of(name, role):
        token = FORECASTING.set(True)
        try:
            load(name, role, **options)
        except Forecast as made:
            return made.needs
        finally:
            FORECASTING.reset(token)
    raise BadInput(f"{name} is not placed by its size: it is embedded, or works elsewhere; there is nothing to plan")
