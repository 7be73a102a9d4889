"""The work of `jianbao check --alive`: one sentence on whether a running bot is at work, for whatever watches it."""

import asyncio
import sys
from datetime import datetime

from bot.clock import system_clock
from bot.config import Settings
from bot.pulse import JOBS, SILENCE, Pulse, silent
from bot.store.database import Store

_NEVER = "Nothing has run on this database yet: start `jianbao run`."


def alive() -> bool:
    """Say whether every job was heard of lately; loads neither encoder nor Discord, for it is asked each minute."""
    now = system_clock()
    last = asyncio.run(_last(Settings.load()))
    if missing := silent(last, now):
        sys.stderr.write(f"jianbao: {_sentence(missing, any(last.values()))}\n")
        return False
    sys.stdout.write(f"At work: {', '.join(_ago(job, then, now) for job, then in last.items() if then)}.\n")
    return True


async def _last(settings: Settings) -> dict[str, datetime | None]:
    store = Store(settings.database)
    await store.open()
    try:
        return await Pulse(store, system_clock).last()
    finally:
        await store.close()


def _sentence(missing: tuple[str, ...], ever: bool) -> str:
    if not ever:
        return _NEVER
    minutes = int(SILENCE.total_seconds() // 60)
    what = " and ".join(JOBS[job] for job in missing)
    return f"For {minutes} minutes {what} did not come to an end: see whether `jianbao run` still runs, and its log."


def _ago(job: str, then: datetime, now: datetime) -> str:
    return f"{JOBS[job]} ended {max(0, round((now - then).total_seconds()))} s ago"
