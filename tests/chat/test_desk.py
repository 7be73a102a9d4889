import re
from collections.abc import Awaitable, Callable
from types import SimpleNamespace
from typing import Any

import discord
import pytest
from structlog.testing import capture_logs

from bot.chat.answers import Answers
from bot.errors import NotFoundError, StoreError
from bot.stories.asking.sentences import wrong
from tests.chat.looks import buttons_of, text_of
from tests.chat.stage import V2, Stage, answer, said, shown
from tests.fakes import article

SECRET = StoreError("/home/operator/jianbao.db is busy with another program's writing.", cause="database is locked")
KIND = re.compile(
    r"### That did not work\nSomething went wrong on my side and was written down\. Try again in a minute; "
    r"if it stays, tell whoever runs this bot the reference `([0-9a-f]{8})`\."
)


@pytest.fixture
def failing(monkeypatch: pytest.MonkeyPatch) -> list[Exception]:
    """Whatever stands in this list is raised by the next answers."""
    errors: list[Exception] = []

    def broken(method: Callable[..., Awaitable[Any]]) -> Callable[..., Awaitable[Any]]:
        async def perhaps(*given: object, **more: object) -> Any:
            if errors:
                raise errors[0]
            return await method(*given, **more)

        return perhaps

    for name in ("search", "digest", "story", "view"):
        monkeypatch.setattr(Answers, name, broken(getattr(Answers, name)))
    return errors


@pytest.mark.parametrize("error", [RuntimeError("secret"), KeyError("secret"), SECRET, TimeoutError()])
async def test_an_error_is_one_kind_sentence_with_the_logs_reference(
    stage: Stage, failing: list[Exception], error: Exception
) -> None:
    """A person learns what to do and nothing of the machine; the log has the rest under the same reference."""
    failing.append(error)

    with capture_logs() as logged:
        told = said(await stage.member.slash(stage.channel, "search", query="huawei"))

    match = KIND.fullmatch(told)
    (line,) = [each for each in logged if each["event"] == "command failed"]
    assert match
    assert (line["reference"], line["name"]) == (match[1], "search")
    assert line.get("exc_info") is error or line["reason"] == SECRET.sentence


async def test_a_wrong_query_is_shown_the_right_one(stage: Stage, failing: list[Exception]) -> None:
    """In the asker's language, and what was typed cannot reach beyond the sentence."""
    failing.append(wrong("no-language", typed="@everyone **x**"))

    english = said(await stage.member.slash(stage.channel, "search", query="lang:x"))
    stage.locale = "zh-CN"
    chinese = said(await stage.member.slash(stage.channel, "search", query="lang:x"))

    assert "lang: takes en or zh, such as lang:zh" in english
    assert "lang: 后面写 en 或 zh" in chinese
    assert not any(sign in told for told in (english, chinese) for sign in ("@everyone", "**x"))


async def test_an_error_is_told_in_the_askers_language(stage: Stage, failing: list[Exception]) -> None:
    """In Chinese to a reader of Chinese."""
    failing.append(RuntimeError("secret"))
    stage.locale = "zh-CN"

    told = said(await stage.member.slash(stage.channel, "search", query="huawei"))

    assert re.fullmatch(r"### 没有成功\n我这边出了问题，已经记录下来。.*编号 `[0-9a-f]{8}` 告诉机器人的运营者。", told)


async def test_an_error_with_a_sentence_for_people_is_told_as_it_is(stage: Stage, failing: list[Exception]) -> None:
    """And has a reference all the same."""
    failing.append(NotFoundError("There is no such thing."))

    told = said(await stage.member.slash(stage.channel, "digest"))

    assert re.fullmatch(r"### That did not work\nThere is no such thing\.\n-# Reference `[0-9a-f]{8}`", told)


async def test_a_store_that_fails_is_told_without_its_address(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """Where the database is closed under a running bot, people are told kindly."""
    with monkeypatch.context() as closed, capture_logs() as logged:
        closed.setattr(stage.store, "_engine", None)
        told = said(await stage.member.slash(stage.channel, "digest"))
        offered = await stage.member.autocomplete(stage.channel, "digest", "day", "")

    assert KIND.fullmatch(told)
    assert offered == []
    assert [each["event"] for each in logged] == ["command failed", "menu failed"]
    assert logged[0]["reason"] == "The database is not open."


async def test_a_button_that_fails_leaves_its_message_as_it_is(stage: Stage, failing: list[Exception]) -> None:
    """The error comes beside it, so that the button can be pressed again."""
    await stage.settle(*(article(f"a{number}", f"Huawei {number}", story_id=f"s{number}") for number in range(6)))
    message = answer(await stage.member.slash(stage.channel, "search", query="huawei"))
    before = stage.components(message)
    failing.append(RuntimeError("secret"))

    shown = [label for label in buttons_of(before) if not label.startswith("Tell me")]
    pressed = [await stage.member.click(message, label=label) for label in shown]

    assert len(pressed) == 2
    assert all(KIND.fullmatch(said(each)) for each in pressed)
    assert stage.components(message) == before
    assert stage.channel.history() == []


async def test_an_error_before_the_answer_is_answered_too(stage: Stage, monkeypatch: pytest.MonkeyPatch) -> None:
    """What no command has caught is caught by the tree."""
    monkeypatch.setattr("bot.chat.commands.curate.desk_of", _broken)

    told = said(await stage.moderator.slash(stage.channel, "feeds add", url="https://example.com/"))

    assert KIND.fullmatch(told)
    assert [str(error) for error in stage.env.errors] == ["Command 'add' raised an exception: RuntimeError: secret"]


def _broken(*_: object) -> Any:
    raise RuntimeError("secret")


@pytest.fixture
def acknowledged_twice(monkeypatch: pytest.MonkeyPatch) -> None:
    """Discord has heard our first word, its answer got lost, and to the same word again it says that it has it."""
    defer = discord.InteractionResponse.defer
    response: Any = SimpleNamespace(status=400, reason="Bad Request", headers={})

    async def lost(asked: discord.InteractionResponse[Any], **said: Any) -> None:
        await defer(asked, **said)
        asked._response_type = None  # noqa: SLF001  # the library notes it after the answer alone
        raise discord.HTTPException(response, {"code": 40060, "message": "already been acknowledged"})

    monkeypatch.setattr(discord.InteractionResponse, "defer", lost)


@pytest.mark.usefixtures("acknowledged_twice")
async def test_a_first_word_that_was_heard_twice_is_no_trouble(stage: Stage) -> None:
    """The answer comes as ever: to a command, in the message whose page is turned, and in the channel."""
    await stage.settle(*(article(f"a{number}", f"Huawei {number}", story_id=f"s{number}") for number in range(6)))

    with capture_logs() as logged:
        message = answer(await stage.member.slash(stage.channel, "search", query="huawei"))
        first = text_of(stage.components(message))
        await stage.member.click(message, label="Next")
        second = text_of(stage.components(message))
        await stage.member.click(message, label="Post in this channel")

    assert ("Page 1 of 2" in first, "Page 2 of 2" in second) == (True, True)
    assert [second in text for text in shown(stage.channel.history())] == [True]
    assert {each["event"] for each in logged} == {"acknowledged twice"}


@pytest.mark.usefixtures("acknowledged_twice")
async def test_an_error_after_that_is_told_as_ever(stage: Stage, failing: list[Exception]) -> None:
    """In place of the answer, or beside the message that was clicked, which stays as it is."""
    await stage.settle(*(article(f"a{number}", f"Huawei {number}", story_id=f"s{number}") for number in range(6)))
    message = answer(await stage.member.slash(stage.channel, "search", query="huawei"))
    before = stage.components(message)
    failing.append(RuntimeError("secret"))

    asked = await stage.member.slash(stage.channel, "search", query="huawei")
    pressed = await stage.member.click(message, label="Next")

    assert KIND.fullmatch(said(asked))
    assert KIND.fullmatch(said(pressed))
    assert stage.components(message) == before


@pytest.mark.parametrize("code", [10008, 10015, 10062, 50027])
async def test_an_answer_that_comes_too_late_is_only_logged(stage: Stage, code: int) -> None:
    """Nobody waits for it any more, and there is nowhere to say so."""
    stage.env.inject_error("PATCH", "/webhooks/*", status=404, code=code)

    with capture_logs() as logged:
        await stage.member.slash(stage.channel, "help")

    assert [(each["event"], each["code"]) for each in logged] == [("answer came too late", code)]


async def test_an_error_that_cannot_be_told_is_logged(stage: Stage) -> None:
    """Discord itself may be what fails."""
    stage.env.inject_error("PATCH", "/webhooks/*", status=500, times=None)

    with capture_logs() as logged:
        await stage.member.slash(stage.channel, "help")

    assert [each["event"] for each in logged] == ["command failed", "error not told"]


async def test_an_answer_is_promised_before_it_is_looked_for(stage: Stage) -> None:
    """Discord waits three seconds for a first word, and that word already says who will see the answer."""
    await stage.member.slash(stage.channel, "help")

    first, second = [each for each in stage.env.http_requests if "interaction" in each.path]
    assert first.json == {"type": 5, "data": {"flags": 64}}
    assert second.method == "PATCH"
    assert second.json["flags"] & V2
    assert second.json["allowed_mentions"] == {"parse": []}


async def test_a_posted_message_pings_nobody(stage: Stage) -> None:
    """Neither who asked for it, who is named in it, nor anybody a headline mentions."""
    await stage.settle(article("a1", "Huawei <@1> @everyone", story_id="s1"))
    message = answer(await stage.member.slash(stage.channel, "search", query="huawei"))

    await stage.member.click(message, label="Post in this channel")

    (posted,) = [body for _, _, body in stage.sent() if stage.member.mention in text_of(body["components"])]
    assert posted["allowed_mentions"] == {"parse": []}
    assert "‹@\u200b1› @\u200beveryone" in text_of(posted["components"])
