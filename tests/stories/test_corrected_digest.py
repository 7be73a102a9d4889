"""Editions of a server that has corrected something, beside those of one that has not."""

import pytest

from bot.model import Edition, Language, Window
from bot.store import subscriptions
from bot.store.database import Store
from bot.stories.correct import Corrector
from tests.fakes import ITHOME, NOW, REUTERS, FakeClock, settle, wish
from tests.stories.mornings import DAY, deciding, found, listed, morning, telling


@pytest.fixture
async def corrector(sqlite: Store) -> Corrector:
    """A channel of server 77 and one of 78, three stories, and who corrects them."""
    for channel, scope in (("c77", "77"), ("c78", "78")):
        await sqlite.write(subscriptions.subscribe, wish(), channel=channel, now=NOW - DAY, scope=scope)
    await settle(
        sqlite,
        found("a", "s1"),
        found("a2", "s1", newsroom=REUTERS),
        found("b", "s2", title="中芯国际涨价", newsroom=ITHOME),
        found("c", "s3", title="TSMC opens a fab"),
    )
    return Corrector(sqlite, clock=FakeClock())


async def editions(store: Store, days: int = 0) -> dict[str, Edition]:
    clock = FakeClock()
    made = await morning(store, deciding(store, clock), clock, days)
    return {each.subscription.scope: each for each in made}


async def test_a_server_is_told_its_own_view(sqlite: Store, corrector: Corrector) -> None:
    """What it keeps comes first under its title, what it merged is one, and the other server is told what is stored."""
    await corrector.keep_on_top("s3", scope="77", by="ada")
    await corrector.retitle("s3", "A new fab", scope="77", by="ada")
    await corrector.merge("s2", "s1", scope="77", by="ada")

    made = await editions(sqlite)

    (first, *_) = made["77"].digest.sections[0].items
    assert listed(made["77"]) == ["s3", "s1"]
    assert (first.telling.title, first.telling.headline.title) == ("A new fab", "TSMC opens a fab")
    assert listed(made["78"]) == ["s1", "s2", "s3"]


async def test_no_correction_makes_a_repeat(sqlite: Store, corrector: Corrector) -> None:
    """What was shown as two is not new as one, and what was shown as one is not new as two."""
    await editions(sqlite)
    await corrector.merge("s2", "s1", scope="77", by="ada")
    await corrector.split("s1", ["a2"], scope="78", by="eve")
    await settle(sqlite, found("a3", "s1", hours=3), found("d", "s4", hours=4))

    made = await editions(sqlite, days=1)

    assert listed(made["77"]) == ["s4"]
    assert listed(made["78"]) == ["s4"]


async def test_an_old_edition_is_told_in_the_other_language_as_corrected(sqlite: Store, corrector: Corrector) -> None:
    """Two stories of it that are one now are told once."""
    made = await editions(sqlite)
    await corrector.merge("s2", "s1", scope="78", by="eve")
    await corrector.hide("s3", scope="78", by="eve")

    again = await telling(sqlite, FakeClock()).again(made["78"], Language.ZH)

    assert listed(again) == ["s1", "s3"]
    assert again.sections[0].items[0].telling.headline.title == "中芯国际涨价"


async def test_what_is_hidden_is_not_told(sqlite: Store, corrector: Corrector) -> None:
    """By the operator nowhere, by a server there."""
    await corrector.hide("s2", by="operator")
    await corrector.hide("s3", scope="78", by="eve")
    teller = telling(sqlite, FakeClock())
    hours = Window(start=NOW - DAY, end=NOW)

    seen = {
        scope: {each.story.id for each in (await teller.ranked(hours, scope=scope, reader=Language.EN))[0]}
        for scope in ("77", "78")
    }

    assert seen == {"77": {"s1", "s3"}, "78": {"s1"}}
