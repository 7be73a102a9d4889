"""Settings from the environment, and feeds.yaml; wrong input fails at once and names where it is."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from platformdirs import user_data_dir
from pydantic import (
    AfterValidator,
    BaseModel,
    ConfigDict,
    Field,
    SecretStr,
    StringConstraints,
    TypeAdapter,
    ValidationError,
)
from pydantic_settings import BaseSettings, SettingsConfigDict

from bot.errors import SettingsError
from bot.feed import FeedSpec
from bot.lined import Part, why
from bot.model import Kind, Language, Newsroom, Topic

PREFIX = "JIANBAO_"
BUNDLED_MODEL = "bundled"


def _zone(name: str) -> str:
    if name not in available_timezones():
        raise ValueError(f"{name!r} is not a time zone; write one such as Asia/Shanghai or America/New_York")
    return ZoneInfo(name).key


def _address(text: str) -> str:
    if not _ADDRESS.fullmatch(text):
        raise ValueError(f"{text!r} is not an address such as https://example.com/feed, without blanks and passwords")
    return text


_ADDRESS = re.compile(r"https?://[^\s/@]+(/\S*)?")
Zone = Annotated[str, AfterValidator(_zone)]
Address = Annotated[str, AfterValidator(_address)]


def _home() -> Path:
    return Path(user_data_dir("jianbao", appauthor=False))


def _feeds() -> Path:
    """feeds.yaml of the folder we stand in, else the one beside the package."""
    here = Path("feeds.yaml")
    return here if here.exists() else Path(__file__).parent.parent / "feeds.yaml"


class Settings(BaseSettings):
    """What the environment decides; each is the field's name in capitals behind JIANBAO_."""

    model_config = SettingsConfigDict(env_prefix=PREFIX, env_ignore_empty=True, frozen=True, extra="ignore")

    home: Path = Field(
        default_factory=_home,
        description="Folder of everything Jianbao keeps; the user's data folder by default.",
    )
    database_url: str = Field(
        default="",
        description="sqlite:///PATH or postgresql://USER:PASSWORD@HOST/NAME; jianbao.db in the home folder by default.",
    )
    feeds: Path = Field(
        default_factory=_feeds, description="The catalogue; feeds.yaml of the current folder by default."
    )
    model: str = Field(
        default=BUNDLED_MODEL,
        description="The encoder: bundled, a folder, or a Hugging Face name (which is downloaded once).",
    )
    window_days: int = Field(
        default=7, ge=1, le=31, description="How many days a story stays open for further articles."
    )
    poll_minutes: int = Field(
        default=15, ge=5, le=1440, description="How often a feed is read at most, while it brings something new."
    )
    quiet_poll_minutes: int = Field(
        default=240, ge=5, le=1440, description="How often a feed is read at least that has been quiet for days."
    )
    tick_seconds: float = Field(default=5.0, ge=0.05, le=60, description="How often the store is asked what is due.")
    contact: str = Field(
        default="https://github.com/jianbao-bot/jianbao",
        description="The address in the User-Agent, where a feed's host can complain.",
    )
    allow_private_hosts: bool = Field(
        default=False, description="Also read feeds on this machine and its own network, on any port."
    )
    clock: str = Field(
        default="",
        description="Rehearsal clock: an instant, an instant with a speed (2026-06-01T00:00Zx600), or a /clock URL.",
    )
    discord_token: SecretStr = Field(
        default=SecretStr(""),
        validation_alias="DISCORD_TOKEN",
        description="The bot's token from Discord's developer portal; keep it secret.",
    )
    log_level: Literal["debug", "info", "warning", "error"] = Field(
        default="info", description="The least that is logged, on standard error."
    )
    log_format: Literal["text", "json"] = Field(default="text", description="Log lines for people or machines.")

    @property
    def database(self) -> str:
        """The database's address, by default a file in the home folder."""
        return self.database_url or f"sqlite:///{self.home / 'jianbao.db'}"

    @classmethod
    def load(cls, **given: Any) -> "Settings":
        """Read the environment; `given` (from the command line) wins; raises SettingsError."""
        try:
            return cls(**{name: value for name, value in given.items() if value is not None})
        except ValidationError as error:
            first = error.errors()[0]
            name = PREFIX + str(first["loc"][0]).upper()
            raise SettingsError(f"{name} is wrong: {why(first)}.", setting=name) from error


_Name = Annotated[str, StringConstraints(strip_whitespace=True, min_length=1)]


class _Entry(BaseModel):
    """One feed of feeds.yaml, as it is written."""

    model_config = ConfigDict(extra="forbid")

    url: Address
    title: _Name
    newsroom: _Name
    language: Language
    kind: Kind = Kind.PRESS
    topics: tuple[Topic, ...] = ()
    mixed: bool = False
    zone: Zone | None = None
    home: Address | None = None

    def spec(self) -> FeedSpec:
        """The feed as the rest of the program knows it."""
        newsroom = Newsroom(name=self.newsroom, language=self.language, kind=self.kind)
        rest = self.model_dump(include={"url", "title", "topics", "mixed", "zone", "home"})
        return FeedSpec(newsroom=newsroom, **rest)


_ENTRY = TypeAdapter(_Entry)


def load_feeds(path: Path) -> tuple[FeedSpec, ...]:
    """Read the catalogue; raises SettingsError with the file, the line and the key that is wrong."""
    if not path.exists():
        raise SettingsError(f"There is no {path}; name another with JIANBAO_FEEDS.", file=str(path))
    whole = Part.read(path)
    for name, part in whole.pairs():
        if name != "feeds":
            raise part.wrong(f"{name}: is not a key this file knows; everything stands under feeds:", key=name)
    listed = whole.child("feeds")
    parts = listed.items() if listed else []
    if not parts:
        raise SettingsError(f"{path}, line 1: feeds: must hold a list of feeds, each with its url.", file=str(path))
    lines: dict[str, int] = {}
    return tuple(_spec(part, lines) for part in parts)


def _spec(part: Part, lines: dict[str, int]) -> FeedSpec:
    """One feed; `lines` holds the addresses before it with the lines they stand in."""
    if not part.pairs():
        raise part.wrong("each feed is a block of keys such as url, title, newsroom, language")
    spec = part.made(_ENTRY).spec()
    if spec.url in lines:
        raise part.wrong(f"url: {spec.url} is listed already in line {lines[spec.url]}")
    lines[spec.url] = part.line
    return spec
