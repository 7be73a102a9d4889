"""Where the parts are built and joined: the only place that names the outside."""

from functools import cached_property
from importlib.metadata import version
from types import TracebackType
from typing import TYPE_CHECKING, Self

from bot.chat.alerts import Crier
from bot.chat.delivery import Courier
from bot.clock import clock_of, system_clock
from bot.config import Settings, load_feeds
from bot.feeds.catalogue import Catalogue
from bot.feeds.fetch import HttpFetcher
from bot.feeds.ingest import Ingester
from bot.feeds.pace import Limits
from bot.feeds.poll import Poller
from bot.feeds.worker import ParserProcess
from bot.jobs import Jobs
from bot.model import Digest
from bot.ports import Clock, Messenger
from bot.pulse import Pulse
from bot.store import facts
from bot.store.database import Store
from bot.stories.copies import Credits
from bot.stories.correct import Corrector
from bot.stories.digest import Digester, Teller
from bot.stories.embed import Encoder, name_of
from bot.stories.group import Grouper
from bot.stories.names import Names
from bot.stories.search.index import Indexer
from bot.stories.search.nearest import Nearest
from bot.stories.search.question import Questions
from bot.stories.search.searcher import Searcher
from bot.stories.watch import Watcher
from bot.stories.why import Explainer
from bot.text import traditional
from bot.turns import Turns
from bot.wordlists import WordLists

if TYPE_CHECKING:  # Discord's library is loaded by what needs it
    from bot.chat.client import JianbaoClient
    from bot.chat.messenger import DiscordMessenger


class App(WordLists):
    """Every part, built from the settings when it is first asked for, and closed in the end.

    Call `load` before the event loop is busy: what it loads takes seconds and would stall whatever runs.
    """

    def __init__(self, settings: Settings, clock: Clock | None = None) -> None:
        self.settings = settings
        self.clock = clock or clock_of(settings.clock)
        self.store = Store(settings.database)
        self._turns = Turns()

    def load(self) -> None:
        """Load the encoder and the word lists."""
        _ = self.encoder, self.lexicon, self.topics, self.newsrooms
        traditional("")

    async def __aenter__(self) -> Self:
        """Open what needs the event loop."""
        await self.fetcher.open()
        try:
            await self.store.open()
        except BaseException:
            await self.fetcher.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close in reverse."""
        await self.parser.close()
        await self.fetcher.close()
        self._turns.close()
        await self.store.close()

    @cached_property
    def encoder(self) -> Encoder:
        """The encoder, loaded."""
        return Encoder.load(self.settings.model, self._turns.work)

    @cached_property
    def names(self) -> Names:
        """The entities with what servers call them."""
        return Names(self.store, self.lexicon)

    @cached_property
    def fetcher(self) -> HttpFetcher:
        """The client for feeds."""
        return HttpFetcher(
            user_agent=f"Jianbao/{version('jianbao')} (+{self.settings.contact})",
            allow_private=self.settings.allow_private_hosts,
        )

    @cached_property
    def parser(self) -> ParserProcess:
        """Feedparser in its process."""
        return ParserProcess(rest=self._turns.rest)

    @cached_property
    def catalogue(self) -> Catalogue:
        """What is read."""
        return Catalogue(
            self.store, fetcher=self.fetcher, parser=self.parser, newsrooms=self.newsrooms, clock=self.clock
        )

    @cached_property
    def poller(self) -> Poller:
        """Feeds to articles."""
        return Poller(
            self.store,
            fetcher=self.fetcher,
            parser=self.parser,
            newsrooms=self.newsrooms,
            clock=self.clock,
            limits=Limits.minutes(self.settings.poll_minutes, self.settings.quiet_poll_minutes),
            allow_private=self.settings.allow_private_hosts,
        )

    @cached_property
    def ingester(self) -> Ingester:
        """Files to articles."""
        return Ingester(self.store, newsrooms=self.newsrooms)

    @cached_property
    def grouper(self) -> Grouper:
        """Articles to stories."""
        return Grouper(
            self.store,
            self.encoder,
            marker=self.marker,
            topics=self.topics,
            credit=Credits(self.newsrooms.named),
            window_days=self.settings.window_days,
            cpu=self._turns.work,
        )

    @cached_property
    def explainer(self) -> Explainer:
        """Stories to the numbers behind them."""
        return Explainer(
            self.store,
            encoder=name_of(self.settings.model),
            marker=self.marker,
            topics=self.topics,
            window_days=self.settings.window_days,
            cpu=self._turns.work,
        )

    @cached_property
    def corrector(self) -> Corrector:
        """What moderators correct."""
        return Corrector(self.store, clock=self.clock)

    @cached_property
    def teller(self) -> Teller:
        """Stories to digests."""
        return Teller(
            self.store,
            names=self.names,
            clock=self.clock,
            fit=self._fit,
            glosses=lambda lexicon: self.glosser.knowing(lexicon).gloss,
            bylines=self.bylines,
        )

    @cached_property
    def digester(self) -> Digester:
        """Digests to editions."""
        return Digester(self.store, self.teller, clock=self.clock)

    @cached_property
    def searcher(self) -> Searcher:
        """Questions to stories."""
        return Searcher(
            self.store,
            self.encoder.beside(self._turns.asked),
            questions=self.questions,
            nearest=self.nearest,
            clock=self.clock,
            cpu=self._turns.asked,
            first=self._turns.first,
        )

    @cached_property
    def questions(self) -> Questions:
        """What is typed to what is meant."""
        return Questions(
            self.store,
            reader=self.reader,
            thesaurus=self.thesaurus,
            speller=self.speller,
            names=self.names,
            headings=self.headings,
            called=self.newsrooms.names_of,
            clock=self.clock,
        )

    @cached_property
    def watcher(self) -> Watcher:
        """Saved searches to alerts."""
        return Watcher(self.store, questions=self.questions, bylines=self.bylines, clock=self.clock)

    @cached_property
    def indexer(self) -> Indexer:
        """Articles to the index of words."""
        return Indexer(self.store, reader=self.reader, cpu=self._turns.work)

    @cached_property
    def nearest(self) -> Nearest:
        """Questions to what is near in meaning."""
        model, folder = name_of(self.settings.model), self.settings.home / "index"
        return Nearest(self.store, model=model, folder=folder, cpu=self._turns.work, asked=self._turns.asked)

    async def discord(self) -> "tuple[JianbaoClient, DiscordMessenger]":
        """The client that answers in Discord, and the messenger that posts there; neither is connected yet."""
        from bot.chat.answers import Answers
        from bot.chat.client import JianbaoClient
        from bot.chat.desk import Desk
        from bot.chat.mend import Mender
        from bot.chat.messenger import DiscordMessenger, Pace
        from bot.chat.scout import Scout
        from bot.chat.subscriptions import Subscriptions
        from bot.chat.suggest import Suggester
        from bot.chat.watches import Watches

        home = await self.store.write(facts.installation)
        answers = Answers(
            self.store,
            teller=self.teller,
            searcher=self.searcher,
            explainer=self.explainer,
            bylines=self.bylines,
            headings=self.headings,
            home=home,
            clock=self.clock,
            first=self._turns.first,
        )
        scout = Scout(self.store, self.catalogue, on_topic=self.topics.relevance(self.lexicon), clock=self.clock)
        desk = Desk(
            answers=answers,
            subscriptions=Subscriptions(self.store, clock=self.clock),
            mender=Mender(scout, clock=self.clock),
            watches=Watches(self.store, questions=self.questions, clock=self.clock),
            suggester=Suggester(
                self.store, self.lexicon, self.completer, called=self.newsrooms.names_of, clock=self.clock
            ),
        )
        client = JianbaoClient(self.store, desk)
        return client, DiscordMessenger(client, self.headings, home=home, pace=Pace())

    def caller(self) -> "JianbaoClient":
        """A client that tells Discord something and answers nobody: it needs no encoder."""
        from bot.chat.client import JianbaoClient

        return JianbaoClient(self.store)

    def _fit(self, digest: Digest) -> Digest:
        """What of a digest one message in Discord holds."""
        from bot.chat.render.digest import fit

        return fit(digest, self.headings)

    def jobs(self, messenger: Messenger) -> Jobs:
        """Everything that runs by itself, posting through a messenger."""
        return Jobs(
            poller=self.poller,
            grouper=self.grouper,
            indexer=self.indexer,
            nearest=self.nearest,
            digester=self.digester,
            courier=Courier(self.store, messenger, clock=system_clock),
            watcher=self.watcher,
            crier=Crier(self.store, messenger, clock=system_clock),
            clock=self.clock,
            ended=Pulse(self.store, system_clock).beat,
        )

    async def read_catalogue(self) -> int:
        """Bring feeds.yaml into the store; returns how many feeds it lists."""
        specs = load_feeds(self.settings.feeds)
        await self.catalogue.sync(specs)
        return len(specs)
