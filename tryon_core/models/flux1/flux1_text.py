"""FLUX.1 dev and schnell draw a new picture by words alone."""

from .flux1_checks import check_text
from .flux1_drawing import Flux1
from .flux1_request import Flux1Asked


class Flux1Text(Flux1):
    """Draws settings.size, else 1024 x 1024, as diffusers' FluxPipeline does; its requests have no pictures.

    Negative words are those of true classifier-free guidance: the transformer works twice a step, and the picture is
    led away from what it draws by them. schnell refuses them.
    """

    looks_at = "words"
    min_images = 0
    unmasked_images = 0

    @property
    def takes(self) -> tuple[str, ...]:
        """What of a request beside words it honours."""
        return () if self.kind.guidance is None else ("negative_prompt",)

    def checked(self, asked: Flux1Asked) -> None:
        check_text(self.card.name, asked)
