"""How every command and click is answered: at once, to who asked alone, and with a sentence where it fails."""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

import discord
import structlog

from bot.chat.answers import Answers
from bot.chat.asks import Ask, decoded
from bot.chat.buttons import AddressForm
from bot.chat.curate import Changed
from bot.chat.mend import Mender
from bot.chat.reader import Reader, reader_of
from bot.chat.render import curated, health
from bot.chat.render.notices import new_reference, notice, today, trouble
from bot.chat.render.safe import plain
from bot.chat.render.watches import called
from bot.chat.subscriptions import Subscriptions
from bot.chat.suggest import Suggester
from bot.chat.watches import Watches, check_in_server
from bot.chat.words import refused, say
from bot.errors import FeedError, InputError, JianbaoError, NotFoundError, QueryError, RefusedError
from bot.feeds.health import Remedy
from bot.feeds.troubles import told

log = structlog.get_logger()

Asked = discord.Interaction[Any]


@dataclass(frozen=True, slots=True)
class WithFile:
    """A message that shows a file."""

    view: discord.ui.LayoutView
    file: discord.File


Work = Callable[[Reader], Awaitable[discord.ui.LayoutView | WithFile]]

_BETWEEN_POSTS = timedelta(minutes=1)
"""How long a member waits between two things they post in one channel: search results are not for flooding one."""

_ACKNOWLEDGED = 40060
_TOO_LATE = frozenset({10008, 10015, 10062, 50027})
"""Discord's codes for an answer nobody waits for any more: the message or the interaction is gone."""


class Desk:
    """Answers interactions. It first says that it works on it, since Discord waits three seconds and no longer."""

    def __init__(
        self,
        *,
        answers: Answers,
        subscriptions: Subscriptions,
        mender: Mender,
        suggester: Suggester,
        watches: Watches,
    ) -> None:
        self.answers = answers
        self.suggester = suggester
        self.subscriptions = subscriptions
        self.mender = mender
        self.scout = mender.scout
        self.curator = mender.scout.curator
        self.watches = watches
        self._posted: dict[tuple[int, int | None], float] = {}

    async def private(self, asked: Asked, work: Work, *, in_place: bool = False) -> None:
        """Answer to who asked alone, in the message that was clicked or in a new one."""
        try:
            await _acknowledge(asked, thinking=not in_place)
            answer = await work(reader_of(asked))
            if isinstance(answer, WithFile):
                await asked.edit_original_response(view=answer.view, attachments=[answer.file])
            else:
                await asked.edit_original_response(view=answer)
        except Exception as error:  # noqa: BLE001  # the edge of a command: a person waits for a sentence
            await self.failed(asked, error)

    async def show(self, clicked: Asked, ask: Ask | str, *, fresh: bool = False) -> None:
        """Show what a button asks for; a private message turns its pages in place, a public one stays as it is."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            return await self.answers.view(decoded(ask), reader)

        await self.private(clicked, work, in_place=_is_private(clicked) and not fresh)

    async def publish(self, clicked: Asked, ask: Ask | str) -> None:
        """Post in the channel what a private message shows, with the name of who asked for it."""
        try:
            await _acknowledge(clicked, thinking=False)
            self._check_may_post(clicked)
            reader = reader_of(clicked)
            view = await self.answers.view(decoded(ask), reader, public=True)
            view.add_item(discord.ui.TextDisplay(say("posted-by", reader.language, member=clicked.user.mention)))
            await clicked.followup.send(view=view, ephemeral=False)
            self._posted[clicked.user.id, clicked.channel_id] = asyncio.get_running_loop().time()
            await clicked.edit_original_response(view=notice(say("posted", reader.language)))
        except Exception as error:  # noqa: BLE001  # likewise
            await self.failed(clicked, error)

    async def post_today(self, clicked: Asked, subscription_id: int, *, asker: int) -> None:
        """Have today's edition posted ahead of its time, or say how far the first reading is.

        The button is for the moderator who subscribed alone: `asker` had the right to, however the server gave it.
        """

        async def work(reader: Reader) -> discord.ui.LayoutView:
            if clicked.user.id != asker:
                raise refused("not-your-button")
            return today(await self.subscriptions.want_today(subscription_id, reader.scope), reader.language)

        await self.private(clicked, work)

    async def watch(self, clicked: Asked, question: str) -> None:
        """Begin to tell who clicked of new stories, in this channel, where both they and the bot may write."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            check_in_server(reader)
            _check_writes(clicked)
            _check_can_alert(clicked, reader)
            made = await self.watches.make(question, reader, owner=str(clicked.user.id))
            channel = f"<#{made.channel}>"
            return notice(say("watch-made", reader.language, channel=channel, question=called(made)))

        await self.private(clicked, work)

    async def unwatch(self, clicked: Asked, watch_id: int) -> None:
        """End a watch, for its owner or who may manage the server."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            who, moderates = str(clicked.user.id), clicked.permissions.manage_guild
            ended = await self.watches.stop(watch_id, reader.scope, by=who, moderates=moderates)
            return notice(say("watch-stopped", reader.language, question=called(ended)))

        await self.private(clicked, work)

    async def add(self, clicked: Asked, draft_id: int) -> None:
        """Add a feed that was looked at."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            who = str(clicked.user.id)
            made = await self.scout.add(draft_id, scope=reader.scope, by=who, channel=reader.channel)
            return curated.changed(made, reader.language)

        await self.private(clicked, work, in_place=True)

    async def drop(self, clicked: Asked, draft_id: int) -> None:
        """Forget a feed that was looked at."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            await self.scout.drop(draft_id, scope=reader.scope, by=str(clicked.user.id))
            return notice(say("draft-dropped", reader.language))

        await self.private(clicked, work, in_place=True)

    async def pick(self, clicked: Asked, draft_id: int) -> None:
        """Look at one of a site's feeds."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            found = await self.scout.pick(draft_id, scope=reader.scope, by=str(clicked.user.id))
            return curated.preview(found, reader.language)

        await self.private(clicked, work, in_place=True)

    async def undo(self, clicked: Asked, act_id: int | None) -> None:
        """Undo what was done to a feed, for who did it or a moderator; the last of all by default."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            who, moderates = str(clicked.user.id), clicked.permissions.manage_guild or act_id is None
            undone = await self.curator.undo(act_id, reader.scope, by=who, moderates=moderates)
            return curated.undone(undone, reader.language)

        await self.private(clicked, work, in_place=_is_private(clicked))

    async def move(self, asked: Asked, feed: int | str, address: str) -> None:
        """Give a feed a new address."""

        async def work(reader: Reader) -> discord.ui.LayoutView:
            made = await self.scout.move(str(feed), address, reader.scope, by=str(asked.user.id))
            return curated.changed(made, reader.language)

        await self.private(asked, work)

    async def mend(self, clicked: Asked, remedy: str, feed_id: int, extra: int | None) -> None:
        """Do something about a feed, for who may manage the server; a new address is asked for in a form."""
        if remedy == Remedy.ADDRESS and clicked.permissions.manage_guild:
            title = say("mend-address", reader_of(clicked).language)
            await clicked.response.send_modal(AddressForm(feed_id, title))
            return

        async def work(reader: Reader) -> discord.ui.LayoutView:
            check_in_server(reader)
            if not clicked.permissions.manage_guild:
                raise refused("not-a-moderator")
            made = await self.mender.mend(remedy, feed_id, extra, reader, by=str(clicked.user.id))
            if isinstance(made, Changed):
                return curated.changed(made, reader.language)
            return health.one(made.ailment, reader.language, now=made.at, draft=made.draft)

        await self.private(clicked, work)

    async def leave(self, scope: str) -> None:
        """A server has removed the bot: its digests are paused, its watches end and its own feeds are not read."""
        await self.subscriptions.leave(scope)
        await self.curator.leave(scope)
        await self.watches.leave(scope)
        log.info("server left", scope=scope)

    async def failed(self, asked: Asked, error: Exception) -> None:
        """Tell a person what went wrong in one sentence; the log has the rest under the same reference."""
        if isinstance(error, discord.HTTPException) and error.code in _TOO_LATE:
            log.warning("answer came too late", name=_name(asked), code=error.code)
            return
        view = _trouble(asked, error)
        try:
            await _answer(asked, view)
        except (discord.HTTPException, OSError) as gone:
            log.warning("error not told", name=_name(asked), reason=str(gone))

    def _check_may_post(self, clicked: Asked) -> None:
        """Raises RefusedError for who may not write here, or just did."""
        if clicked.guild_id is None:
            raise refused("only-in-servers")
        _check_writes(clicked)
        now = asyncio.get_running_loop().time()
        self._posted = {who: at for who, at in self._posted.items() if now - at < _BETWEEN_POSTS.total_seconds()}
        if (clicked.user.id, clicked.channel_id) in self._posted:
            raise refused("too-soon")


def _check_writes(clicked: Asked) -> None:
    """Raises RefusedError for who may not write here."""
    if not getattr(clicked.permissions, _writing(clicked)):
        raise refused("not-allowed-to-post")


def _check_can_alert(clicked: Asked, reader: Reader) -> None:
    """Raises RefusedError where the bot may not post, or could not find again what it posted."""
    needed = ("view_channel", _writing(clicked), "read_message_history")
    missing = [each for each in needed if not getattr(clicked.app_permissions, each)]
    if missing:
        names = ", ".join(say(f"permission-{each}", reader.language) for each in missing)
        raise refused("missing-permissions", channel=f"<#{reader.channel}>", permissions=names)


def _writing(clicked: Asked) -> str:
    return "send_messages_in_threads" if isinstance(clicked.channel, discord.Thread) else "send_messages"


def _trouble(asked: Asked, error: Exception) -> discord.ui.LayoutView:
    """The sentence for an error; one that is for the operator alone, or a stranger's, stands in the log."""
    reader = reader_of(asked).language
    if isinstance(error, RefusedError):
        return trouble(say(error.key, reader, **error.values), reader)
    if isinstance(error, QueryError):
        return trouble(plain(error.told[reader]), reader)
    reference = new_reference()
    if isinstance(error, JianbaoError):
        log.warning("command failed", name=_name(asked), reference=reference, reason=error.sentence, **error.fields)
    else:
        log.error("command failed", name=_name(asked), reference=reference, exc_info=error)
    if isinstance(error, FeedError):
        return trouble(plain(told(error, reader)), reader, reference=reference)
    if isinstance(error, InputError | NotFoundError):
        return trouble(error.sentence, reader, reference=reference)
    return trouble(say("unexpected", reader, reference=reference), reader, reference=reference)


async def _acknowledge(asked: Asked, *, thinking: bool) -> None:
    """Say at once that it is worked on; where Discord has that already, from a try it did not answer, all is well."""
    try:
        await asked.response.defer(ephemeral=True, thinking=thinking)
    except discord.HTTPException as error:
        if error.code != _ACKNOWLEDGED:
            raise
        log.info("acknowledged twice", name=_name(asked))


async def _answer(asked: Asked, view: discord.ui.LayoutView) -> None:
    """Answer an error where there is still a place for it; a message that was clicked stays as it is."""
    if not asked.response.is_done():
        try:
            await asked.response.send_message(view=view, ephemeral=True)
        except discord.HTTPException as error:
            if error.code != _ACKNOWLEDGED:
                raise
            if asked.type is discord.InteractionType.application_command:
                await asked.edit_original_response(view=view)
            else:  # its original may be the message that was clicked
                await asked.followup.send(view=view, ephemeral=True)
    elif asked.response.type is discord.InteractionResponseType.deferred_channel_message:
        await asked.edit_original_response(view=view)
    else:
        await asked.followup.send(view=view, ephemeral=True)


def _is_private(clicked: Asked) -> bool:
    return clicked.message is not None and clicked.message.flags.ephemeral


def _name(asked: Asked) -> str:
    data: Any = asked.data or {}
    return str(data.get("name") or data.get("custom_id") or asked.type.name)
