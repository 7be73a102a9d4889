"""Texts to vectors, in one thread beside the event loop; the model is loaded once, before the loop is busy."""

import asyncio
import gc
from collections.abc import Sequence
from concurrent.futures import Executor
from pathlib import Path
from threading import Lock
from typing import TYPE_CHECKING

import numpy as np

from bot.config import BUNDLED_MODEL
from bot.errors import ModelError
from bot.ports import Vectors
from bot.turns import rest

if TYPE_CHECKING:
    from sentence_transformers import SentenceTransformer

BUNDLED_NAME = "multilingual-use-v3"

_BATCH = 12
"""How many texts are encoded at once, some 12 ms of work: more are hardly faster, and who asks waits for them."""


class Encoder:
    """A sentence-transformers model behind the Embedder port."""

    def __init__(self, name: str, model: "SentenceTransformer", cpu: Executor) -> None:
        self._name = name
        self._model = model
        self._cpu = cpu
        self._turn = Lock()

    @classmethod
    def load(cls, model: str, cpu: Executor) -> "Encoder":
        """Load a model by its setting, to encode in `cpu`; takes some seconds and 500 MB; raises ModelError."""
        loaded = cls(*_named(model), cpu)
        # What was just loaded stays for good: the collector walking through it would hold the event loop up for 0.3 s.
        gc.collect()
        gc.freeze()
        return loaded

    def beside(self, cpu: Executor) -> "Encoder":
        """The same model, to encode in another thread: who asks waits for a batch at most."""
        other = Encoder(self._name, self._model, cpu)
        other._turn = self._turn
        return other

    @property
    def name(self) -> str:
        """The model's name, stored with each vector."""
        return self._name

    async def embed(self, texts: Sequence[str]) -> Vectors:
        """One unit vector for each text, in order."""
        return await asyncio.get_running_loop().run_in_executor(self._cpu, self._embed, list(texts))

    def _embed(self, texts: list[str]) -> Vectors:
        """Encode a few texts of like length at a time; between them long work rests, and who asks has his turn."""
        order = sorted(range(len(texts)), key=lambda at: len(texts[at]))
        parts = [order[at : at + _BATCH] for at in range(0, len(order), _BATCH)] or [order]
        found = np.concatenate([self._encoded([texts[at] for at in part]) for part in parts])
        made = np.empty_like(found)
        made[order] = found
        return made

    def _encoded(self, texts: list[str]) -> Vectors:
        rest()
        with self._turn:
            made = self._model.encode(
                texts,
                batch_size=_BATCH,
                normalize_embeddings=True,
                show_progress_bar=False,
                convert_to_numpy=True,
            )
        return np.asarray(made, np.float32)


def name_of(model: str) -> str:
    """The name that vectors are stored under, for a model by its setting; nothing is loaded."""
    return BUNDLED_NAME if model == BUNDLED_MODEL else model


def _named(model: str) -> tuple[str, "SentenceTransformer"]:
    if model == BUNDLED_MODEL:
        from bot.stories.bundled import bundled

        return name_of(model), bundled()
    return name_of(model), _load(model)


def _load(model: str) -> "SentenceTransformer":
    looks_like_folder = model.startswith((".", "/", "~")) or Path(model).exists()
    folder = Path(model).expanduser()
    if looks_like_folder and not (folder / "modules.json").exists():
        raise ModelError(
            f"JIANBAO_MODEL names the folder {folder}, which holds no sentence-transformers model "
            "(no modules.json); correct it, or leave JIANBAO_MODEL unset for the bundled encoder.",
            model=model,
        )
    from sentence_transformers import SentenceTransformer

    try:
        return SentenceTransformer(str(folder) if looks_like_folder else model, device="cpu")
    except Exception as error:  # the library raises whatever lies below it: OSError, ValueError, HTTP errors
        raise ModelError(
            f"The model {model} could not be loaded; check its name and that it can be reached, "
            "or leave JIANBAO_MODEL unset for the bundled encoder.",
            model=model,
            cause=str(error),
        ) from error
