import time
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from pathlib import Path

import numpy as np
import pytest

from bot.errors import ModelError
from bot.stories.embed import BUNDLED_NAME, Encoder
from tests import bundled


@pytest.fixture(scope="session")
def cpu() -> Iterator[Executor]:
    with ThreadPoolExecutor(1) as threads:
        yield threads


@pytest.fixture
def encoder() -> Encoder:
    """The bundled encoder."""
    return bundled.encoder()


async def test_each_text_becomes_one_unit_vector(encoder: Encoder) -> None:
    """In order, of one length and one size, in either language and for a blank or a long text too."""
    made = await encoder.embed(["SMIC raises prices", "中芯国际涨价", "", "芯片 " * 3000])

    assert encoder.name == BUNDLED_NAME
    assert made.shape == (4, 512)
    assert made.dtype == np.float32
    assert np.linalg.norm(made, axis=1) == pytest.approx(1, abs=1e-4)


async def test_no_texts_are_no_vectors(encoder: Encoder) -> None:
    """An empty batch is no error."""
    assert len(await encoder.embed([])) == 0


@pytest.mark.parametrize(
    ("english", "chinese"),
    [
        ("Huawei thanks Washington for chip export bans", "华为感谢美国的芯片出口禁令"),
        ("Moonshot AI raises two billion dollars", "月之暗面融资二十亿美元"),
        ("Apple delays its new phone in China", "苹果在中国推迟发布新手机"),
    ],
)
async def test_a_translation_is_nearer_than_anything_else(encoder: Encoder, english: str, chinese: str) -> None:
    """Both languages share one space: that is what joins them into stories."""
    others = [
        "A cake shop opens in Bristol",
        "今天天气很好，适合散步",
        "Interest rates stay unchanged",
        "足球比赛昨晚结束",
    ]
    asked, translation, *rest = await encoder.embed([english, chinese, *others])

    assert asked @ translation > 0.5
    assert asked @ translation > max(asked @ other for other in rest) + 0.2


async def test_a_text_has_the_same_vector_in_any_company(encoder: Encoder) -> None:
    """Batches change nothing, so that stories do not depend on how many articles came at once."""
    texts = [f"Headline number {each} on chips" for each in range(70)]

    together = await encoder.embed(texts)
    alone = await encoder.embed(texts[41:42])

    assert together[41] @ alone[0] == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize("setting", ["./nowhere", "/nowhere/model", "~/nowhere"])
def test_a_missing_folder_is_explained(cpu: Executor, setting: str) -> None:
    """The sentence names the setting, the folder and the way out, at once and without the network."""
    began = time.monotonic()

    with pytest.raises(ModelError, match=r"JIANBAO_MODEL names the folder .*nowhere.*unset for the bundled encoder\.$"):
        Encoder.load(setting, cpu)

    assert time.monotonic() - began < 1


def test_a_folder_without_a_model_is_explained(cpu: Executor, tmp_path: Path) -> None:
    """A folder that holds something else is no model."""
    with pytest.raises(ModelError, match=r"no modules\.json"):
        Encoder.load(str(tmp_path), cpu)


def test_a_broken_model_is_explained(cpu: Executor, tmp_path: Path) -> None:
    """Whatever the library raises becomes one sentence, with its cause for the log."""
    (tmp_path / "modules.json").write_text("not json")

    with pytest.raises(ModelError, match="could not be loaded") as caught:
        Encoder.load(str(tmp_path), cpu)

    assert caught.value.fields["cause"]
