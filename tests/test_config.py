from pathlib import Path

import pytest

from bot.config import Settings, load_feeds
from bot.errors import SettingsError
from bot.feed import FeedSpec
from bot.model import Kind, Language, Newsroom, Topic

ROOT = Path(__file__).parent.parent
GOOD = """\
- url: https://a.example/feed
    title: A
    newsroom: A
    language: en
"""


def written(tmp_path: Path, *, instead_of: str = "", said: str = "", more: str = "") -> Path:
    """A catalogue of one good feed in line 2 to 5, with one thing changed and something behind it."""
    path = tmp_path / "feeds.yaml"
    path.write_text("feeds:\n  " + GOOD.replace(instead_of, said) + more, "utf-8")
    return path


def refused(path: Path) -> SettingsError:
    with pytest.raises(SettingsError) as error:
        load_feeds(path)
    return error.value


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Each setting is its field's name in capitals behind JIANBAO_."""
    monkeypatch.setenv("JIANBAO_HOME", str(tmp_path))
    monkeypatch.setenv("JIANBAO_POLL_MINUTES", "30")
    monkeypatch.setenv("JIANBAO_ALLOW_PRIVATE_HOSTS", "yes")
    monkeypatch.setenv("JIANBAO_LOG_FORMAT", "json")
    monkeypatch.setenv("JIANBAO_UNKNOWN", "is nobody's business")

    settings = Settings.load()

    assert (settings.home, settings.poll_minutes, settings.log_format) == (tmp_path, 30, "json")
    assert settings.allow_private_hosts


def test_what_is_given_wins_over_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """The command line wins; an option left out leaves the environment's word."""
    monkeypatch.setenv("JIANBAO_POLL_MINUTES", "30")
    monkeypatch.setenv("JIANBAO_WINDOW_DAYS", "3")

    settings = Settings.load(poll_minutes=60, window_days=None)

    assert (settings.poll_minutes, settings.window_days) == (60, 3)


def test_the_database_is_a_file_in_the_home_folder(tmp_path: Path) -> None:
    """Without an address the database lies in the home folder; with one it is that."""
    assert Settings.load(home=tmp_path).database == f"sqlite:///{tmp_path}/jianbao.db"
    assert Settings.load(database_url="postgresql://x/y").database == "postgresql://x/y"


def test_the_catalogue_is_that_of_the_folder_we_stand_in(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """A feeds.yaml here is taken before the one that comes with the program."""
    monkeypatch.chdir(tmp_path)
    before = Settings.load().feeds

    written(tmp_path)

    assert before == ROOT / "feeds.yaml"
    assert Settings.load().feeds.resolve() == tmp_path / "feeds.yaml"


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("JIANBAO_POLL_MINUTES", "4"),
        ("JIANBAO_POLL_MINUTES", "often"),
        ("JIANBAO_WINDOW_DAYS", "32"),
        ("JIANBAO_TICK_SECONDS", "0"),
        ("JIANBAO_TICK_SECONDS", "nan"),
        ("JIANBAO_LOG_LEVEL", "loud"),
        ("JIANBAO_LOG_FORMAT", "xml"),
        ("JIANBAO_ALLOW_PRIVATE_HOSTS", "perhaps"),
    ],
)
def test_a_wrong_value_names_its_variable(name: str, value: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """The sentence begins with the variable and repeats what it holds."""
    monkeypatch.setenv(name, value)

    with pytest.raises(SettingsError) as error:
        Settings.load()

    assert error.value.sentence.startswith(f"{name} is wrong: {value!r}: ")
    assert error.value.sentence.endswith(".")
    assert error.value.fields == {"setting": name}


def test_a_feed_is_read_as_it_is_written(tmp_path: Path) -> None:
    """Every key arrives; what is left out has its plain value."""
    more = (
        "  - {url: 'https://b.example/feed', title: 乙, newsroom: 乙社, language: zh, kind: official, "
        "topics: [chips, policy], mixed: true, zone: Asia/Shanghai, home: 'https://b.example'}\n"
    )

    first, second = load_feeds(written(tmp_path, more=more))

    assert first == FeedSpec(
        url="https://a.example/feed",
        title="A",
        newsroom=Newsroom(name="A", language=Language.EN, kind=Kind.PRESS),
    )
    assert second == FeedSpec(
        url="https://b.example/feed",
        title="乙",
        newsroom=Newsroom(name="乙社", language=Language.ZH, kind=Kind.OFFICIAL),
        topics=(Topic.CHIPS, Topic.POLICY),
        mixed=True,
        zone="Asia/Shanghai",
        home="https://b.example",
    )


@pytest.mark.parametrize("title", ["36", "2026-02-31", "yes", "null", "1_000", "0x1F"])
def test_a_title_is_a_text(title: str, tmp_path: Path) -> None:
    """YAML's own guesses at numbers, dates and truth stay out of names."""
    path = written(tmp_path, instead_of="title: A", said=f"title: {title}")

    assert load_feeds(path)[0].title == title


@pytest.mark.parametrize(
    ("instead_of", "said", "line", "what"),
    [
        ("language: en", "", 2, "language: is missing"),
        ("title: A", "", 2, "title: is missing"),
        ("    newsroom: A\n", "", 2, "newsroom: is missing"),
        ("title: A", "title: ''", 3, "title: ''"),
        ("title: A", "title: [A]", 3, "title: ['A']"),
        ("title: A", "tilte: A", 2, "title: is missing"),
        ("language: en", "language: en\n    topic: chips", 6, "topic: is not a key this file knows"),
        ("language: en", "language: en\n    7: chips", 6, "7: "),
        ("language: en", "language: en\n    [a]: chips", 6, "this is not YAML"),
        ("language: en", "language: fr", 5, "language: 'fr'"),
        ("language: en", "language: no", 5, "language: 'no'"),
        ("language: en", "language: en\n    kind: blog", 6, "kind: 'blog'"),
        ("language: en", "language: en\n    topics: [chips, cheese]", 6, "topics: 'cheese'"),
        ("language: en", "language: en\n    topics: chips", 6, "topics: 'chips'"),
        ("language: en", "language: en\n    mixed: sometimes", 6, "mixed: 'sometimes'"),
        ("language: en", "language: en\n    zone: Beijing", 6, "zone: 'Beijing' is not a time zone"),
        ("language: en", "language: en\n    zone: ../etc/passwd", 6, "zone: '../etc/passwd' is not a time zone"),
        ("language: en", "language: en\n    home: b.example", 6, "home: 'b.example' is not an address"),
        ("https://a.example/feed", "ftp://a.example", 2, "url: 'ftp://a.example' is not an address"),
        ("https://a.example/feed", "a.example/feed", 2, "url: 'a.example/feed' is not an address"),
        ("https://a.example/feed", "https:///feed", 2, "url: 'https:///feed' is not an address"),
    ],
)
def test_a_wrong_key_is_shown_with_its_line(instead_of: str, said: str, line: int, what: str, tmp_path: Path) -> None:
    """The sentence tells the file, the line, the key, and what is wrong with it."""
    path = written(tmp_path, instead_of=instead_of, said=said)

    error = refused(path)

    assert error.sentence.startswith(f"{path}, line {line}: {what}")
    assert error.sentence.endswith(".")
    assert error.fields["line"] == line


@pytest.mark.parametrize(
    ("text", "line", "what"),
    [
        ("feeds: [\n", 2, "this is not YAML"),
        ("feeds:\n\t- url: x\n", 2, "this is not YAML"),
        ("feeds: a: b\n", 1, "this is not YAML"),
        ("feeds: [*nobody]\n", 1, "this is not YAML"),
        ("---\nfeeds: []\n---\nfeeds: []\n", 3, "this is not YAML"),
        ("feeds: \x00\n", 1, "this is not YAML"),
        ("", 1, "feeds: must hold a list"),
        ("- url: https://a.example\n", 1, "feeds: must hold a list"),
        ("feed: []\n", 1, "feed: is not a key this file knows"),
        ("feeds: []\nfeeds: []\n", 1, "feeds: stands here more than once"),
        ("feeds: []\n", 1, "feeds: must hold a list"),
        ("feeds: https://a.example\n", 1, "feeds: must hold a list"),
        ("feeds:\n  - https://a.example\n", 2, "each feed is a block of keys"),
        ("feeds:\n  -\n", 2, "each feed is a block of keys"),
        ("feeds:\n  " + GOOD + "  - " + GOOD[2:], 6, "url: https://a.example/feed is listed already in line 2"),
    ],
)
def test_a_broken_file_is_shown_with_its_line(text: str, line: int, what: str, tmp_path: Path) -> None:
    """Whatever is wrong, a line is named where mending begins."""
    path = tmp_path / "feeds.yaml"
    path.write_text(text, "utf-8")

    assert refused(path).sentence.startswith(f"{path}, line {line}: {what}")


def test_a_file_that_is_not_there_is_named(tmp_path: Path) -> None:
    """A missing catalogue tells how to name another."""
    path = tmp_path / "nowhere.yaml"

    assert refused(path).sentence == f"There is no {path}; name another with JIANBAO_FEEDS."


def test_a_file_that_cannot_be_read_is_named(tmp_path: Path) -> None:
    """A folder or a file in another encoding is refused in a sentence."""
    gbk = tmp_path / "gbk.yaml"
    gbk.write_bytes("feeds: 华为".encode("gbk"))

    assert refused(tmp_path).sentence.startswith(f"{tmp_path} cannot be read: ")
    assert refused(gbk).sentence.startswith(f"{gbk} cannot be read: ")
