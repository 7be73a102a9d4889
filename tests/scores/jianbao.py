"""What the program itself makes of a file of articles: the real command, or its parts with what another week taught."""

import asyncio
import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from tempfile import TemporaryDirectory

from bot.app import App
from bot.config import Settings
from bot.model import Article, Story
from bot.store import articles as article_rows
from bot.store import stories as story_rows
from bot.stories.copies import Credits
from bot.stories.group import Grouper
from bot.stories.likeness import Likeness
from tests.calibrate.likeness import encoder, fit, marker, seen
from tests.scores.week import ROOT, Labels, Week


def grouped(week: Week) -> Labels:
    """The stories that `jianbao group` finds, with none of this machine's own settings."""
    others = {name: value for name, value in os.environ.items() if not name.startswith("JIANBAO_")}
    command = [sys.executable, "-m", "bot", "group", week.path]
    done = subprocess.run(
        command, cwd=ROOT, env=others | {"JIANBAO_LOG_LEVEL": "warning"}, stdout=subprocess.PIPE, check=True
    )
    found = {row["id"]: row["story"] for row in map(json.loads, done.stdout.splitlines())}
    return [found[each.id] for each in week.articles]


def fitted(week: Week, other: Week) -> tuple[Labels, str]:
    """The stories that the same parts find with the weights and the threshold that the other week alone teaches."""
    model = fit([seen(other.articles, [other.story[each.id] for each in other.articles])])
    placed, _ = asyncio.run(archived(week.path, model))
    found = {each.link_key: each.story_id for each in placed}
    return [found[each.link_key] for each in week.articles], f"{model.threshold:.2f}, by the other week"


async def archived(path: Path, model: Likeness | None) -> tuple[list[Article], list[Story]]:
    """What the program makes of a file in an archive of its own, with its own weights or others."""
    with TemporaryDirectory() as folder, ThreadPoolExecutor(1) as cpu:
        async with App(Settings(database_url=f"sqlite:///{folder}/grouped.db")) as app:
            loaded = await app.ingester.run(path)
            await Grouper(
                app.store,
                encoder(),
                marker=marker(),
                topics=app.topics,
                credit=Credits(app.newsrooms.named),
                window_days=app.settings.window_days,
                cpu=cpu,
                model=model,
            ).run()
            placed = await app.store.read(article_rows.by_link, loaded.articles)
            ids = list(dict.fromkeys(article.story_id for article in placed if article.story_id))
            return placed, list((await app.store.read(story_rows.by_id, ids)).values())
