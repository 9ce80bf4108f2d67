"""Noise recipes of one sample, none of them twice."""

import hashlib

from ...errors import BadInput
from ...records import Noise


def noise_of(seed: int, number: int) -> Noise:
    """The recipe of candidate `number`, from 0, the same for every strategy: so several runs draw it once.

    Candidate 0 has the noise that every flow begins with, the others that with which a closed loop starts over.
    """
    opening = Noise(seed=seed)
    return opening.fresh(number) if number else opening


class Noises:
    """Hands out recipes for one sample; those of other recipes' pictures are passed over."""

    def __init__(self, seed: int):
        self.seed, self._number, self._handed_out = seed, 0, set()

    def fresh(self, count: int) -> list[Noise]:
        """Unrelated recipes, the next of this sample's series."""
        recipes: list[Noise] = []
        while len(recipes) < count:
            recipe = noise_of(self.seed, self._number)
            self._number += 1
            if self._is_new(recipe):
                recipes.append(recipe)
        return recipes

    def reseeded(self, parent: Noise, count: int) -> list[Noise]:
        """Seeds computed from the parent's: as unrelated to it as any other (the reference's second stage)."""
        return self._of(parent, count, lambda seed: Noise(seed=seed), "child")

    def near(self, parent: Noise, count: int, cosine: float) -> list[Noise]:
        """Neighbours of a recipe: its norm, and a direction whose cosine to its own is `cosine`.

        raises   BadInput for a cosine that is not above 0 and below 1: 1 is the parent itself
        """
        if not 0 < cosine < 1:
            raise BadInput(f"the cosine of a neighbour lies between 0 and 1, got {cosine}")
        steps = parent.steps
        return self._of(parent, count, lambda seed: Noise(seed=parent.seed, steps=(*steps, (seed, cosine))), "near")

    def _of(self, parent: Noise, count: int, made, word: str) -> list[Noise]:
        recipes: list[Noise] = []
        number = 0
        while len(recipes) < count:
            recipe = made(_seed(f"{parent.seed} {parent.steps} {word} {number}"))
            number += 1
            if self._is_new(recipe):
                recipes.append(recipe)
        return recipes

    def _is_new(self, recipe: Noise) -> bool:
        is_new = recipe not in self._handed_out
        self._handed_out.add(recipe)
        return is_new


def _seed(text: str) -> int:
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")
