from datetime import timedelta

from bot.model import Language
from bot.store import drafts
from bot.store.database import Store
from tests.fakes import NOW

WANTED = {"url": "https://a.example/feed", "language": None, "mixed": True}


async def keep(store: Store, scope: str = "77", days: int = 0) -> int:
    return await store.write(drafts.keep, scope, WANTED, by="ada", now=NOW + timedelta(days=days))


async def test_a_draft_is_kept_with_what_a_look_found(store: Store) -> None:
    """First what somebody wants, then what is there."""
    number = await keep(store)
    before = await store.read(drafts.one, number, "77")

    await store.write(drafts.looked, number, title="A", language=Language.ZH, home="https://a.example/")

    after = await store.read(drafts.one, number, "77")
    assert before is not None
    assert after is not None
    assert (before.wanted, before.made_by, before.title) == (WANTED, "ada", None)
    assert (after.title, after.language, after.home) == ("A", Language.ZH, "https://a.example/")


async def test_a_draft_is_one_servers(store: Store) -> None:
    """Another neither sees nor drops it."""
    number = await keep(store)

    await store.write(drafts.drop, number, "78")

    assert await store.read(drafts.one, number, "78") is None
    assert await store.read(drafts.one, number, "77") is not None


async def test_old_drafts_go_and_their_numbers_with_them(store: Store) -> None:
    """An old button finds nothing rather than another feed."""
    old = await keep(store)
    new = await keep(store, days=8)
    await store.write(drafts.drop, new, "77")
    newer = await keep(store, days=8)

    assert await store.read(drafts.one, old, "77") is None
    assert len({old, new, newer}) == 3
