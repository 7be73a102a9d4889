"""Discord on this machine: the shared emulator, and what people do in it."""

import json
import re
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.parse import urlencode
from urllib.request import Request, urlopen

import pytest

from bot.chat.words import words
from bot.model import Language
from bot.store.database import Store
from tests.acceptance.rehearsal import ROOT, SHARED, Replay, Running, surroundings

READER, MODERATOR = "5001", "5002"
BOT = "1100000000000000001"
VIEW, SEND, MANAGE_SERVER = 1 << 10, 1 << 11, 1 << 5
EPHEMERAL = 1 << 6
TEXT, BUTTON, MENU = 10, 2, 3
IN_PLACE = 6
"""How a click is acknowledged whose message will be changed; the emulator does not wait for that."""

MOST_COMPONENTS, MOST_UNITS, MOST_BYTES = 40, 3900, 9000

Json = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Server:
    """A server with its channels by name, and the role that every bot has of its own."""

    id: str
    channels: Mapping[str, str]
    bot_role: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What somebody saw for a command or a click; `ack_ms` is how long Discord waited for the first word."""

    ack_ms: float = 0.0
    messages: Sequence[Json] = ()
    choices: Sequence[Json] = ()
    refused: str | None = None

    @property
    def message(self) -> Json:
        """The last message it made or changed."""
        return self.messages[-1]

    @property
    def text(self) -> str:
        """What that message says."""
        return text_of(self.message)

    @property
    def is_private(self) -> bool:
        """Whether only who asked sees it."""
        return bool(self.message["flags"] & EPHEMERAL)


def walk(components: Sequence[Json]) -> Iterator[Json]:
    """Every component, nested ones too."""
    for each in components:
        yield each
        yield from walk(each.get("components") or [])


def text_of(message: Json) -> str:
    """All texts of a message."""
    return "\n".join(each["content"] for each in walk(message["components"]) if each["type"] == TEXT)


def buttons_of(message: Json) -> dict[str, str]:
    """The custom ids of a message's buttons by their labels."""
    return {each["label"]: each["custom_id"] for each in walk(message["components"]) if each["type"] == BUTTON}


def menu_of(message: Json) -> Json:
    """A message's menu."""
    return next(each for each in walk(message["components"]) if each["type"] == MENU)


def stories_in(message: Json) -> list[str]:
    """The ids of the stories a posted digest tells, from its menu."""
    return [option["value"] for option in menu_of(message)["options"]]


def speaks(text: str, key: str, reader: Language = Language.EN) -> bool:
    """Whether a text has these words of the bot's, whatever is filled in."""
    pieces = re.split(r"{\w+}", words()[key][reader])
    return re.search(".*?".join(map(re.escape, pieces)), text, re.DOTALL) is not None


def check_fits(message: Json) -> None:
    """What holds of all that is sent: within the limits we keep, and nobody is pinged."""
    every = list(walk(message["components"]))
    whole = "".join(each["content"] for each in every if each["type"] == TEXT)
    assert len(every) <= MOST_COMPONENTS, f"{len(every)} components"
    assert len(whole.encode("utf-16-le")) // 2 <= MOST_UNITS
    assert len(whole.encode()) <= MOST_BYTES
    assert message["allowed_mentions"]["parse"] == []
    assert set(message["allowed_mentions"]) <= {"parse", "replied_user"}


class Emulator:
    """Discord's gateway and REST API on loopback, with a door for tests.

    `strict` holds each request against Discord's own description, which takes it longer than the bot takes to ask.
    """

    def __init__(self, folder: Path, *, strict: bool = True) -> None:
        program = SHARED / "tools" / "discord_emulator.py"
        self._shim = folder / "shim"
        subprocess.run([sys.executable, program, "--write-shim", self._shim], check=True)
        self._log = (folder / "discord.txt").open("w")
        spec = ["--spec", SHARED / "data" / "discord" / "openapi.json"] if strict else []
        self.process = subprocess.Popen(
            [sys.executable, program, "--port", "0", *spec],
            stdout=subprocess.PIPE,
            stderr=self._log,
            text=True,
        )
        self.base: str = json.loads(self.process.stdout.readline())["base"] if self.process.stdout else ""

    @property
    def environment(self) -> dict[str, str]:
        """What leads the unmodified program here."""
        return {"DISCORD_EMULATOR": self.base, "PYTHONPATH": str(self._shim), "DISCORD_TOKEN": "emulator-token"}

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """Ask the emulator's own door."""
        data = None if body is None else json.dumps(body).encode()
        request = Request(
            f"{self.base}/_control/{path}", method=method, data=data, headers={"Content-Type": "application/json"}
        )
        try:
            with urlopen(request, timeout=90) as answer:
                return json.load(answer)
        except HTTPError as error:
            with error:
                pytest.fail(f"{method} {path}: {error.read().decode()}")

    def server(self, channels: Sequence[Json], name: str = "server") -> Server:
        """A server with a reader and a moderator."""
        members = [{"id": READER, "name": "alice"}, {"id": MODERATOR, "name": "mod", "roles": ["7001"]}]
        roles = [{"id": "7001", "name": "Mods", "permissions": MANAGE_SERVER}]
        made = self.control(
            "POST", "guild", {"name": name, "channels": list(channels), "members": members, "roles": roles}
        )
        return Server(id=made["id"], channels=made["channels"], bot_role=made["bot_role"])

    def deny(self, server: Server, channel: str, permissions: int) -> None:
        """Take permissions from the bot in a channel; 0 gives them back."""
        overwrites = [{"id": server.bot_role, "type": 0, "deny": permissions}] if permissions else []
        self.control("PATCH", f"channel/{channel}", {"overwrites": overwrites})

    def delete(self, channel: str) -> None:
        """Delete a channel."""
        self.control("DELETE", f"channel/{channel}")

    def ready(self, seconds: float = 40) -> None:
        """Wait until the bot is there and its commands too."""
        self.control("POST", "wait_ready", {"timeout": seconds, "commands": True})

    def faults(self) -> list[Json]:
        """The faults that were made, each with how often it struck."""
        found: list[Json] = self.control("GET", "fault")
        return found

    def fault(self, action: str | None = None, *, channel: str = r"\d+", **more: Any) -> None:
        """Make the next posting into a channel fail."""
        path = f"/channels/{channel}/messages$"
        self.control("POST", "fault", {"method": "POST", "path": path, "action": action, **more})

    def configure(self, **values: Any) -> None:
        """Change how the emulator behaves."""
        self.control("POST", "config", values)

    def no_faults(self) -> None:
        """End all faults."""
        self.control("DELETE", "fault")

    def gateway(self, action: str, **more: Any) -> None:
        """Trouble the connection."""
        self.control("POST", "gateway", {"action": action, **more})

    def state(self) -> Json:
        """How things are."""
        found: Json = self.control("GET", "state")
        return found

    def posts(self, channel: str) -> list[Json]:
        """The bot's public messages in a channel."""
        asked = self.control("GET", f"messages?{urlencode({'channel_id': channel})}")
        return [each for each in asked if each["author"]["id"] == BOT and not each["flags"] & EPHEMERAL]

    def message(self, message: str) -> Json:
        """A message as it is now, also one that a single member sees."""
        found: Json = next(each for each in self.control("GET", "messages") if each["id"] == message)
        return found

    def requests(self, method: str = "", path: str = "") -> list[Json]:
        """What the bot has asked of the REST API."""
        asked = {"last": "1000000", **({"method": method} if method else {}), **({"path": path} if path else {})}
        found: list[Json] = self.control("GET", f"requests?{urlencode(asked)}")
        return found

    def last(self, method: str, path: str) -> int:
        """The number of the last request of a kind; -1 before the first."""
        found = self.control("GET", f"requests?{urlencode({'method': method, 'path': path, 'last': 1})}")
        return int(found[0]["n"]) if found else -1

    def commands(self, server: str = "None") -> set[str]:
        """The names of the commands Discord was told of, for a server alone or for all."""
        return {command["name"] for command in self.control("GET", "commands").get(server, [])}

    def violations(self) -> list[Json]:
        """Everything that Discord would have minded."""
        found: list[Json] = self.control("GET", "violations")
        return found

    def check(self) -> None:
        """What holds at the end of every scenario: no rule was broken, and all that was sent fits and pings nobody."""
        assert self.violations() == []
        assert self.control("GET", "self_errors") == []
        for request in self.requests():
            if not isinstance(body := request.get("body"), dict):
                continue
            message = body.get("data") or body
            if message.get("components"):
                check_fits(message)
            if request["handler"] == "h_msg_create":
                assert message["enforce_nonce"]
                assert 1 <= len(message["nonce"]) <= 25

    def close(self) -> None:
        """End the server."""
        self.process.terminate()
        self.process.wait(10)
        self._log.close()
        if self.process.stdout:
            self.process.stdout.close()


@dataclass(slots=True)
class Person:
    """Somebody in a channel, and all they were answered."""

    discord: Emulator
    user: str
    channel: str
    locale: str = "en-US"
    acks: list[tuple[float, str]] = field(default_factory=list)
    seen: dict[str, Json] = field(default_factory=dict)

    def ask(self, command: str, **options: Any) -> Answer:
        """Use a slash command."""
        return self._do(command, {"command": command, "options": options})

    def typing(self, command: str, option: str, typed: str) -> list[str]:
        """What a command's menu offers while somebody types; the values."""
        asked = {"kind": "autocomplete", "command": command, "focused": option, "options": {option: typed}}
        return [choice["value"] for choice in self._do(f"{command} {option}: …", asked).choices]

    def click(self, message: Json, key: str, language: Language = Language.EN) -> Answer:
        """Press the button with these words of the bot's."""
        custom_id = next(known for label, known in buttons_of(message).items() if speaks(label, key, language))
        return self.press(message, custom_id)

    def press(self, message: Json, custom_id: str, values: Sequence[str] = ()) -> Answer:
        """Press a button or choose from a menu by its custom id."""
        asked = {"kind": "component", "message_id": message["id"], "custom_id": custom_id, "values": list(values)}
        return self._do(custom_id, asked)

    def choose(self, message: Json, place: int = 0) -> Answer:
        """Choose from the message's menu, the first by default."""
        menu = menu_of(message)
        return self.press(message, menu["custom_id"], [menu["options"][place]["value"]])

    def _do(self, name: str, asked: Json) -> Answer:
        who = {"user_id": self.user, "channel_id": self.channel, "locale": self.locale, "timeout": 30}
        said = self.discord.control("POST", "interaction", {**who, "settle": 0.05, **asked})
        if "refused" in said:
            return Answer(refused=said["refused"])
        if said["ack_type"] == IN_PLACE:
            said = self._changed(said["id"])
        assert said["ack_type"] is not None, f"{name} was not answered"
        self.acks.append((said["ack_ms"], name))
        self.seen |= {message["id"]: message for message in said["messages"]}
        return Answer(ack_ms=said["ack_ms"], messages=said["messages"], choices=said.get("choices", ()))

    def _changed(self, interaction: str) -> Json:
        """An interaction when its message was changed, or an error told beside it."""
        deadline = time.monotonic() + 10
        while time.monotonic() < deadline:
            said: Json = self.discord.control("GET", f"interaction/{interaction}")
            kinds = [each["kind"] for each in said["responses"]]
            if "edit" in kinds or (kinds[-1] == "followup" and said["messages"][-1]["flags"] & EPHEMERAL):
                return said
            time.sleep(0.02)
        pytest.fail(f"nothing came of the click: {said['name']}")


class Stage:
    """Discord, the recorded stream with its clock, and the program between them."""

    def __init__(self, home: Path, start: datetime, *, feeds: int, strict: bool = True) -> None:
        home.mkdir(parents=True, exist_ok=True)
        self.home = home
        self.now = start
        self.discord = Emulator(home, strict=strict)
        self.replay = Replay(start.isoformat())
        self.replay.catalogue(home / "feeds.yaml", feeds)
        self._started: list[Running] = []

    @property
    def settings(self) -> dict[str, str]:
        """The program's settings."""
        return {
            "CLOCK": self.replay.clock,
            "FEEDS": str(self.home / "feeds.yaml"),
            "ALLOW_PRIVATE_HOSTS": "1",
            "TICK_SECONDS": "0.15",
            "POLL_MINUTES": "30",
        }

    @property
    def running(self) -> Running:
        """The program that was started last."""
        return self._started[-1]

    def begin(self) -> Running:
        """Start the program."""
        self._started.append(Running(["run"], self.home, self.settings, self.discord.environment))
        return self.running

    def start(self) -> float:
        """Start the program and wait until it is ready; returns the seconds that took."""
        began = time.monotonic()
        self.begin()
        self.discord.ready()
        return time.monotonic() - began

    def command(self, *arguments: str, **environment: str) -> "subprocess.CompletedProcess[str]":
        """Run another command of the program to its end."""
        surrounded = surroundings(self.home, self.settings) | self.discord.environment | environment
        return subprocess.run(
            [sys.executable, "-m", "bot", *arguments],
            cwd=ROOT,
            env={name: value for name, value in surrounded.items() if value},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    def set(self, now: datetime) -> None:
        """Step the clock."""
        self.now = now
        self.replay.set(now)

    def person(self, user: str, channel: str) -> Person:
        """Somebody in a channel."""
        return Person(self.discord, user, channel)

    def until(self, what: Callable[[], bool], seconds: float = 60, *, every: float = 0.1) -> None:
        """Wait until something is so, while the program runs."""
        deadline = time.monotonic() + seconds
        while not what():
            assert self.running.process.poll() is None, self.running.log()[-2000:]
            assert time.monotonic() < deadline, f"waited in vain; the log ends: {self.running.log()[-3000:]}"
            time.sleep(every)

    async def store(self) -> Store:
        """The program's database, opened."""
        opened = Store(f"sqlite:///{self.home / 'jianbao.db'}")
        await opened.open()
        return opened

    def close(self) -> None:
        """End everything that was started."""
        for running in self._started:
            running.kill()
        self.replay.close()
        self.discord.close()
