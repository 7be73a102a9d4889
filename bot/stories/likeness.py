"""How alike two articles are: the evidence weighed by a model that was fitted for the encoder at hand.

The model is a logistic regression; its coefficients stand in likeness.yaml, and `python -m tests.calibrate.likeness`
made them. Likeness is the logarithm of the odds that two articles report one event, kept between -4 and 4, so that
no single pair outweighs all others of two stories.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import numpy as np
from pydantic import ConfigDict, TypeAdapter

from bot.lined import Part
from bot.stories.bag import Floats

MOST = 4.0

_BUNDLED = Path(__file__).with_name("likeness.yaml")


@dataclass(frozen=True, slots=True, kw_only=True)
class Likeness:
    """One encoder's model: each kind of evidence with its weight, and its mean and spread when it was fitted.

    Two stories are one from a likeness of `threshold`, which is the mean of the best `share` of their articles' pairs.
    `encoder` is the model the coefficients were fitted with; `fits` tells whether that is the one in use.
    """

    __pydantic_config__: ClassVar[ConfigDict] = ConfigDict(extra="forbid")

    encoder: str
    threshold: float
    share: float
    offset: float
    weights: dict[str, tuple[float, float, float]]
    fits: bool = True

    @classmethod
    def load(cls, encoder: str, path: Path | None = None) -> "Likeness":
        """The model for an encoder, else the first one, whose meaning is then scaled to the encoder's cosines.

        Raises SettingsError with the line that is wrong.
        """
        reader = TypeAdapter(cls)
        models = [part.made(reader) for part in Part.read(path or _BUNDLED).items()]
        found = next((model for model in models if model.encoder == encoder), None)
        return found or replace(models[0], fits=False)

    @property
    def usual(self) -> tuple[float, float] | None:
        """The mean and spread that this model expects of cosines, where the encoder in use is another."""
        return None if self.fits else self.weights["meaning"][1:]

    def of(self, evidence: Mapping[str, Floats]) -> Floats:
        """The likeness of each pair."""
        total = sum(self._weighed(name, evidence[name]) for name in self.weights)
        return np.clip(np.asarray(self.offset + total, np.float32), -MOST, MOST)

    def parts(self, evidence: Mapping[str, float]) -> tuple[tuple[str, float], ...]:
        """What each kind of evidence adds to one pair's likeness, the weightiest first; with the offset they sum up."""
        found = [(name, float(self._weighed(name, np.array(evidence[name], np.float32)))) for name in self.weights]
        return tuple(sorted(found, key=lambda part: -abs(part[1])))

    def _weighed(self, name: str, values: Floats) -> Floats:
        weight, mean, spread = self.weights[name]
        return np.asarray(weight * (values - mean) / spread, np.float32)


def probability(likeness: float) -> float:
    """How probable it is that two articles of this likeness report one event."""
    return 1 / (1 + math.exp(-likeness))
