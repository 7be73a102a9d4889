"""The order of the rooms: imports go down only, only `app` names the outside, every file says what it is for."""

import ast
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent / "bot"

ORDER = (
    {"__main__", "deploy.release"},
    {
        "terminal.run",
        "terminal.serve",
        "terminal.feeds",
        "terminal.archive",
        "terminal.why",
        "terminal.correct",
        "terminal.curate",
        "terminal.demo",
        "terminal.start",
        "terminal.alive",
        "terminal.about",
        "terminal.health",
        "terminal.query",
    },
    {"app"},
    {"wordlists"},
    {"jobs", "chat.alerts", "chat.delivery", "chat.client", "chat.messenger", "terminal.console"},
    {"chat.commands.read", "chat.commands.subscribe", "chat.commands.curate", "chat.commands.watch"},
    {"chat.commands.shared", "chat.commands.translate"},
    {"chat.desk"},
    {"chat.answers"},
    {
        "chat.render.digest",
        "chat.render.stories",
        "chat.render.found",
        "chat.render.reasons",
        "chat.render.curated",
        "chat.render.feeds",
        "chat.render.health",
        "chat.render.notices",
        "chat.render.watches",
        "terminal.show",
    },
    {"chat.buttons", "chat.subscriptions", "chat.curate", "chat.scout", "chat.mend", "chat.suggest", "chat.watches"},
    {"chat.asks", "chat.reader", "chat.render.layout"},
    {"chat.times"},
    {"chat.words", "chat.render.safe"},
    {
        "feeds.poll",
        "feeds.health",
        "feeds.explain",
        "feeds.catalogue",
        "feeds.ingest",
        "feeds.lists",
        "stories.group",
        "stories.correct",
        "stories.digest",
        "stories.why",
        "stories.watch",
        "stories.search.searcher",
        "stories.search.index",
        "sample.server",
        "pulse",
    },
    {
        "feeds.fetch",
        "feeds.doctor",
        "feeds.faults",
        "feeds.headers",
        "feeds.pages",
        "feeds.remarks",
        "feeds.turns",
        "feeds.worker",
        "feeds.parse",
        "feeds.tamed",
        "feeds.prepare",
        "feeds.wishes",
        "feeds.encoding",
        "feeds.dates",
        "feeds.clean",
        "feeds.discover",
        "feeds.opml",
        "feeds.guard",
        "feeds.pace",
        "feeds.outcome",
        "feeds.newsrooms",
        "stories.bundled",
        "stories.copies",
        "stories.embed",
        "stories.entities",
        "stories.spot",
        "stories.gloss",
        "stories.wordbook.cedict",
        "stories.wordbook.chinese",
        "stories.wordbook.english",
        "stories.wordbook.chinese_numbers",
        "stories.wordbook.english_numbers",
        "stories.wordbook.render",
        "stories.wordbook.senses",
        "stories.wordbook.words",
        "stories.topics",
        "stories.asking.letters",
        "stories.asking.complete",
        "stories.asking.pieces",
        "stories.asking.query",
        "stories.asking.rephrase",
        "stories.asking.sentences",
        "stories.asking.sizes",
        "stories.asking.sounds",
        "stories.asking.spelling",
        "stories.asking.values",
        "stories.asking.when",
        "stories.search.allowed",
        "stories.search.gather",
        "stories.search.hits",
        "stories.search.nearest",
        "stories.search.parts",
        "stories.search.question",
        "stories.search.saying",
        "stories.search.score",
        "stories.search.sources",
        "stories.search.tokens",
        "stories.search.understood",
        "stories.search.whose",
        "stories.actions",
        "stories.bag",
        "stories.byline",
        "stories.board",
        "stories.bonds",
        "stories.edges",
        "stories.evidence",
        "stories.likeness",
        "stories.link",
        "stories.marks",
        "stories.search.mapped",
        "stories.meanings",
        "stories.names",
        "stories.numbers",
        "stories.settle",
        "stories.thesaurus",
        "stories.window",
        "stories.overlay",
        "stories.reasons",
        "stories.choose",
        "stories.tell",
        "stories.rank",
        "stories.heart",
        "stories.only",
        "stories.siblings",
        "stories.search.sketch",
        "stories.search.view",
        "stories.noise",
        "stories.due",
        "phrases",
        "ago",
        "results",
    },
    {
        "store.database",
        "store.feeds",
        "store.acts",
        "store.drafts",
        "store.hosts",
        "store.articles",
        "store.candidates",
        "store.encoding",
        "store.stories",
        "store.corrections",
        "store.subscriptions",
        "store.editions",
        "store.outbox",
        "store.sending",
        "store.notices",
        "store.brought",
        "store.questions",
        "store.watches",
        "store.alerts",
        "store.names",
        "store.sight",
        "store.facts",
        "store.findings",
        "store.vectors",
        "store.words",
        "store.statements",
    },
    {"store.schema", "store.feed_tables", "store.columns", "text", "clock", "log", "feeds.troubles", "feeds.identity"},
    {"secret", "feeds.links"},
    {"ports", "config", "turns"},
    {"lined"},
    {"feed", "watch"},
    {"model", "errors", "correction", "curation"},
)
"""From the top down; a file imports from its own floor only what stands in NEIGHBOURS."""

NEIGHBOURS = {
    "terminal.demo": {"terminal.run", "terminal.start"},
    "terminal.run": {"terminal.serve", "terminal.start"},
    "terminal.feeds": {"terminal.start"},
    "terminal.about": {"terminal.start"},
    "terminal.health": {"terminal.start"},
    "terminal.archive": {"terminal.start", "terminal.feeds"},
    "terminal.why": {"terminal.start", "terminal.feeds", "terminal.correct"},
    "terminal.serve": {"terminal.start"},
    "terminal.correct": {"terminal.start"},
    "terminal.curate": {"terminal.start"},
    "jobs": {"chat.alerts", "chat.delivery"},
    "chat.alerts": {"chat.delivery"},
    "chat.render.stories": {"chat.render.digest"},
    "chat.render.found": {"chat.render.digest", "chat.render.stories", "chat.render.watches"},
    "chat.render.reasons": {"chat.render.notices", "chat.render.stories"},
    "chat.render.feeds": {"chat.render.notices", "chat.render.stories"},
    "chat.render.health": {"chat.render.notices", "chat.render.stories"},
    "feeds.explain": {"feeds.health"},
    "chat.scout": {"chat.curate"},
    "chat.mend": {"chat.curate", "chat.scout"},
    "chat.render.curated": {"chat.render.notices"},
    "feeds.discover": {"feeds.clean", "feeds.encoding", "feeds.guard"},
    "feeds.opml": {"feeds.clean", "feeds.encoding", "feeds.prepare"},
    "feeds.lists": {"feeds.catalogue"},
    "store.acts": {"store.feeds"},
    "feeds.fetch": {"feeds.faults", "feeds.guard", "feeds.headers", "feeds.pages", "feeds.turns"},
    "feeds.faults": {"feeds.guard"},
    "feeds.doctor": {"feeds.remarks"},
    "feeds.prepare": {"feeds.pages"},
    "feeds.worker": {"feeds.parse"},
    "feeds.pace": {"feeds.guard", "feeds.turns"},
    "feeds.outcome": {"feeds.pace", "feeds.remarks"},
    "feeds.tamed": {"feeds.dates"},
    "feeds.parse": {"feeds.clean", "feeds.dates", "feeds.encoding", "feeds.prepare", "feeds.tamed", "feeds.wishes"},
    "stories.embed": {"stories.bundled"},
    "stories.search.nearest": {"stories.search.mapped", "stories.search.sketch", "stories.search.view"},
    "stories.search.view": {"stories.search.mapped", "stories.search.sketch"},
    "stories.search.mapped": {"stories.search.sketch"},
    "stories.entities": {"stories.spot"},
    "stories.gloss": {
        "stories.entities",
        "stories.search.mapped",
        "stories.meanings",
        "stories.search.nearest",
        "stories.wordbook.cedict",
        "stories.wordbook.chinese",
        "stories.wordbook.english",
        "stories.wordbook.render",
        "stories.wordbook.words",
    },
    "stories.wordbook.cedict": {"stories.wordbook.senses"},
    "stories.wordbook.chinese": {
        "stories.wordbook.cedict",
        "stories.wordbook.chinese_numbers",
        "stories.wordbook.words",
    },
    "stories.wordbook.english": {
        "stories.wordbook.cedict",
        "stories.wordbook.english_numbers",
        "stories.wordbook.words",
    },
    "stories.wordbook.english_numbers": {"stories.wordbook.chinese_numbers"},
    "stories.wordbook.render": {"stories.wordbook.words"},
    "stories.topics": {"stories.entities"},
    "stories.asking.query": {
        "stories.asking.pieces",
        "stories.asking.sentences",
        "stories.asking.values",
        "stories.asking.when",
        "stories.entities",
    },
    "stories.asking.sounds": {"stories.entities", "stories.spot"},
    "stories.asking.spelling": {
        "stories.asking.letters",
        "stories.asking.sounds",
        "stories.entities",
        "stories.spot",
        "stories.wordbook.cedict",
    },
    "stories.asking.values": {
        "stories.asking.letters",
        "stories.asking.pieces",
        "stories.asking.sentences",
        "stories.asking.spelling",
        "stories.asking.when",
        "stories.entities",
    },
    "stories.asking.when": {"stories.wordbook.chinese_numbers"},
    "stories.search.allowed": {"stories.asking.sizes", "stories.entities", "stories.search.question"},
    "stories.search.gather": {"stories.search.parts"},
    "stories.search.hits": {"stories.search.parts", "stories.search.score"},
    "stories.search.parts": {
        "stories.asking.query",
        "stories.asking.sizes",
        "stories.asking.spelling",
        "stories.entities",
        "stories.meanings",
        "stories.search.tokens",
        "stories.thesaurus",
    },
    "stories.search.question": {
        "stories.asking.query",
        "stories.asking.sizes",
        "stories.asking.spelling",
        "stories.asking.values",
        "stories.entities",
        "stories.names",
        "stories.search.parts",
        "stories.search.sources",
        "stories.search.tokens",
        "stories.search.whose",
        "stories.thesaurus",
    },
    "stories.search.score": {"stories.search.parts"},
    "stories.search.sources": {"stories.asking.letters", "stories.asking.sentences"},
    "stories.search.saying": {"stories.search.parts", "stories.search.question", "stories.search.score"},
    "stories.search.whose": {"stories.entities"},
    "stories.search.understood": {
        "stories.asking.query",
        "stories.asking.rephrase",
        "stories.asking.spelling",
        "stories.entities",
        "stories.search.question",
    },
    "stories.search.tokens": {"stories.entities", "stories.meanings"},
    "stories.meanings": {"stories.wordbook.cedict"},
    "stories.marks": {
        "stories.actions",
        "stories.copies",
        "stories.entities",
        "stories.search.mapped",
        "stories.meanings",
        "stories.search.nearest",
        "stories.numbers",
    },
    "stories.thesaurus": {"stories.meanings"},
    "stories.window": {"stories.actions", "stories.bag", "stories.marks"},
    "stories.evidence": {"stories.actions", "stories.bag", "stories.numbers", "stories.window"},
    "stories.likeness": {"stories.bag"},
    "stories.edges": {"stories.bag", "stories.evidence", "stories.likeness", "stories.window"},
    "stories.link": {"stories.bag", "stories.likeness"},
    "stories.board": {
        "stories.bag",
        "stories.bonds",
        "stories.edges",
        "stories.likeness",
        "stories.link",
        "stories.marks",
        "stories.settle",
        "stories.window",
    },
    "stories.overlay": {"stories.bonds"},
    "stories.reasons": {"stories.likeness", "stories.topics"},
    "stories.heart": {"stories.entities"},
    "stories.names": {"stories.entities"},
    "stories.only": {"stories.heart"},
    "stories.siblings": {"stories.heart"},
    "stories.rank": {"stories.heart", "stories.noise"},
    "stories.tell": {"stories.noise", "stories.rank"},
    "stories.choose": {"stories.heart", "stories.only", "stories.rank", "stories.siblings", "stories.tell"},
    "phrases": {"stories.rank"},
    "ago": {"phrases"},
    "results": {"phrases"},
    "store.articles": {"store.findings", "store.statements", "store.vectors", "store.watches", "store.words"},
    "store.findings": {"store.statements"},
    "store.candidates": {"store.sight", "store.statements", "store.words"},
    "store.words": {"store.statements"},
    "store.vectors": {"store.statements"},
    "stories.asking.complete": {"stories.entities"},
    "stories.asking.rephrase": {"stories.asking.pieces", "stories.asking.when"},
    "store.encoding": {"store.articles", "store.facts", "store.statements", "store.vectors"},
    "store.facts": {"store.statements"},
    "store.feeds": {"store.statements"},
    "store.hosts": {"store.statements"},
    "store.questions": {"store.statements"},
    "store.sight": {"store.articles", "store.statements"},
    "store.stories": {"store.articles", "store.sight", "store.statements"},
    "store.editions": {"store.statements", "store.subscriptions"},
    "store.schema": {"store.columns", "store.feed_tables"},
    "store.feed_tables": {"store.columns"},
    "store.brought": {"store.feeds"},
    "store.alerts": {"store.editions", "store.sending", "store.statements", "store.watches"},
    "store.notices": {"store.editions", "store.feeds", "store.sending"},
    "store.sending": {"store.editions"},
    "store.watches": {"store.statements"},
    "store.outbox": {"store.editions", "store.sending", "store.subscriptions"},
    "config": {"ports"},
}

OUTSIDE = {"feeds.fetch", "feeds.worker", "stories.embed", "terminal.console", "chat.client", "chat.messenger"}
"""What stands behind the ports: named by `app` alone, or by the file that hands it to `app`."""
HANDING = {"app", "terminal.run", "terminal.serve", "terminal.demo"}

FLOOR = {name: floor for floor, names in enumerate(ORDER) for name in names}


def room(path: Path) -> str:
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def files() -> dict[str, Path]:
    return {
        room(path): path
        for path in sorted(ROOT.rglob("*.py"))
        if path.name != "__init__.py" and "migrations" not in path.parts
    }


def imported(source: str) -> set[str]:
    """The rooms of ours that a file imports anywhere in it, lazily or not."""
    names: set[str] = set()
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "bot":
            base = node.module.removeprefix("bot").removeprefix(".")
            below = {f"{base}.{alias.name}".removeprefix(".") for alias in node.names}
            names |= (below & FLOOR.keys()) or {base}
        if isinstance(node, ast.Import):
            names |= {alias.name.removeprefix("bot.") for alias in node.names if alias.name.startswith("bot.")}
    return names


def wrong_imports(name: str, source: str) -> set[str]:
    """The imports of a file that do not go down."""
    allowed = NEIGHBOURS.get(name, set())
    return {other for other in imported(source) if FLOOR[other] <= FLOOR[name] and other not in allowed}


@pytest.mark.parametrize("name", files())
def test_every_file_has_its_floor(name: str) -> None:
    """A new file is put on a floor before it lands."""
    assert name in FLOOR


@pytest.mark.parametrize(("name", "path"), files().items())
def test_imports_go_down(name: str, path: Path) -> None:
    """A file imports from lower floors only, and from its own where that is written down."""
    assert wrong_imports(name, path.read_text("utf-8")) == set()


@pytest.mark.parametrize(
    ("name", "source", "wrong"),
    [
        ("model", "from bot.text import fold", {"text"}),
        ("feeds.parse", "from bot import phrases", {"phrases"}),
        ("stories.group", "def lazily():\n    import bot.app", {"app"}),
        ("store.words", "from bot.stories.group import Grouper", {"stories.group"}),
        ("stories.group", "from bot.stories.digest import Digester", {"stories.digest"}),
        ("app", "from bot.jobs import Jobs", set()),
    ],
)
def test_a_broken_order_is_seen(name: str, source: str, wrong: set[str]) -> None:
    """The test itself fails when an import goes up, sideways, or hides in a function."""
    assert wrong_imports(name, source) == wrong


def test_neighbours_make_no_circle() -> None:
    """Files of one floor that know each other do so in one direction."""
    seen: set[str] = set()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"{name} is its own neighbour through {above}"
        for other in NEIGHBOURS.get(name, ()):
            visit(other, (*above, name))
        seen.add(name)

    for name in NEIGHBOURS:
        visit(name, ())
    assert seen >= NEIGHBOURS.keys()


@pytest.mark.parametrize(("name", "path"), files().items())
def test_only_app_names_the_outside(name: str, path: Path) -> None:
    """Nobody but `app` reaches for the HTTP client, the parser's process or the encoder."""
    found = imported(path.read_text("utf-8")) & OUTSIDE
    assert name in HANDING or not found - NEIGHBOURS.get(name, set())


@pytest.mark.parametrize("path", sorted(ROOT.rglob("*.py")), ids=lambda path: path.relative_to(ROOT).as_posix())
def test_every_file_says_what_it_is_for(path: Path) -> None:
    """Each file begins with a sentence, and is small enough for one room."""
    source = path.read_text("utf-8")
    told = ast.get_docstring(ast.parse(source))
    assert told
    assert told.splitlines()[0].endswith((".", ":"))
    assert len(source.splitlines()) <= 350
