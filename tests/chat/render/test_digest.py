import re
from dataclasses import replace
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.chat.asks import Mark
from bot.chat.render import digest as look
from bot.chat.render.safe import plain
from bot.model import Digest, Headline, Item, Language, Name, Section, Telling, Topic, Update
from bot.stories.choose import bundles, without_last
from tests.chat.looks import (
    EN,
    HEADINGS,
    ZH,
    buttons_of,
    headline,
    items,
    options_of,
    parts,
    payload,
    section,
    telling,
    text_of,
    too_much,
)
from tests.fakes import NOW, digest

MARK = Mark(home="abcd1234", edition=7, at=1780920000, part=0)
LONG_ZH = "中芯国际宣布上调成熟制程晶圆代工价格" * 8
LONG_EN = "SMIC raises the prices of its mature nodes again " * 8
LONG_LINK = "https://example.com/" + "x" * 480

letters = st.sampled_from("芯片价上调😀👩🏽aZ [](*_~|`<@#>\n\u202e\ud83d")
titles = st.text(letters, min_size=1, max_size=260)
links = st.one_of(
    st.just("https://example.com/a"), st.just(LONG_LINK), st.text(max_size=20), st.just("https://e.com/" + "芯" * 100)
)
newsrooms = st.sampled_from(["SCMP", "36氪", "南华早报" * 30, "@everyone", "x" * 200])
headlines = st.builds(
    Headline,
    title=titles,
    link=links,
    newsroom=newsrooms,
    language=st.sampled_from(Language),
    article_id=st.just("a1"),
    published_at=st.just(NOW),
    translated=st.booleans(),
    gloss=st.none() | titles,
)
names = st.lists(st.builds(Name, en=newsrooms, zh=newsrooms), max_size=3).map(tuple)
heard = st.lists(newsrooms, max_size=40).map(tuple)


def tellings(number: int) -> st.SearchStrategy[Telling]:
    """A story with anything in it."""
    said: dict[str, Any] = {
        "headline": headlines,
        "beside": st.none() | headlines,
        "excerpt": st.none() | st.text(letters, max_size=280),
        "excerpt_from": st.none() | headlines,
        "second": st.none() | headlines,
        "only": st.none() | st.sampled_from(Language),
        "newsrooms": st.tuples(st.tuples(st.just(EN), heard), st.tuples(st.just(ZH), heard)),
        "companies": heard,
        "lead_hours": st.none() | st.integers(-48, 48),
        "title": st.none() | titles,
    }
    return st.fixed_dictionaries(said).map(
        lambda given: replace(telling(f"{number:032}"), **given)  # as long as an id may be
    )


@st.composite
def digests(draw: st.DrawFn) -> Digest:
    """A digest of up to twenty-five stories under any of the headings there are, each once."""
    headings = draw(st.permutations(["top", "only-zh", "only-en", *Topic, "updates", "also"]))
    numbers, sections = iter(range(1, 26)), []
    for heading in headings[: draw(st.integers(0, len(headings)))]:
        found = []
        for _, number in zip(range(draw(st.integers(1, 4))), numbers, strict=False):
            new = draw(st.none() | headlines) if heading == "updates" else None
            under = draw(st.none() | st.just(found[0].number)) if found and heading != "also" else None
            item = Item(number=number, telling=draw(tellings(number)), new=new, under=under)
            found.append(replace(item, called=draw(names), theme=draw(names)))
        sections += [Section(heading=str(heading), items=tuple(found))] if found else []
    told = digest(*sections, language=draw(st.sampled_from(Language)), stories=99, articles=200)
    return replace(told, next_at=draw(st.none() | st.just(NOW)))


def posted(told: Digest) -> list[dict[str, Any]]:
    return payload(look.posted(told, HEADINGS, MARK))


def heads_in(told: Digest) -> list[int]:
    """The numbers of the stories that stand in no other's line."""
    return [head.number for part in told.sections for head, _ in bundles(part.items)]


def numbers_in(told: Digest) -> list[int]:
    return [item.number for item in look.stories_of(told)]


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(digests())
def test_what_fits_can_be_posted_whatever_is_told(told: Digest) -> None:
    """No digest breaks a limit of Discord's, and every component says whose it is."""
    cut = look.fit(told, HEADINGS)

    sent = posted(cut)

    ids = [each["custom_id"] for each in parts(sent) if each.get("custom_id")]
    assert too_much(sent) == []
    assert ids
    assert all(MARK.text in each for each in ids)


@settings(max_examples=40, suppress_health_check=[HealthCheck.too_slow])
@given(digests())
def test_what_is_not_told_is_told_to_be_missing(told: Digest) -> None:
    """Only the last stories are left out, the digest knows which, and each that is left stands in the message."""
    cut = look.fit(told, HEADINGS)

    text = text_of(posted(cut))

    kept = numbers_in(cut)
    assert kept == numbers_in(told)[: len(kept)]
    assert len(kept) >= min(4, len(numbers_in(told)))
    assert [int(number) for number in re.findall(r"(?m)^(?:\*\*)?(\d+) · ", text)] == heads_in(cut)


@pytest.mark.parametrize(("title", "language"), [(LONG_ZH, ZH), (LONG_EN, EN)])
def test_fifteen_long_stories_are_told_whole(title: str, language: Language) -> None:
    """The longest day there is fits one message, with every story in it."""
    told = full(title, LONG_LINK, language)

    cut = look.fit(told, HEADINGS)

    assert cut == told
    assert too_much(posted(cut)) == []


@pytest.mark.parametrize(
    ("title", "language"),
    [
        ("中芯国际上调成熟制程价格，客户称将影响下半年成本", ZH),
        ("SMIC raises prices of its mature nodes by a tenth", EN),
    ],
)
def test_an_ordinary_day_leads_to_every_source(title: str, language: Language) -> None:
    """Fifteen headlines as they are written, with the other press beside them, all keep their links."""
    told = full(title, "https://www.example.com/tech/2026/06/08/smic-raises-prices-of-mature-nodes-3358121", language)

    sent = posted(look.fit(told, HEADINGS))

    assert text_of(sent).count("](https://www.example.com/") >= 15
    assert too_much(sent) == []


def full(title: str, link: str, language: Language) -> Digest:
    """A lead, three topics, three updates and four lines."""
    every = [
        Item(
            number=number,
            telling=telling(
                f"{number:032}",
                headline(title, link=link, newsroom="South China Morning Post"),
                beside=headline(title, link=link, newsroom="第一财经"),
                excerpt=title[:100],
                newsrooms=((EN, ("SCMP", "Reuters", "Nikkei Asia")), (ZH, ("第一财经", "36氪"))),
                companies=("SMIC",),
                lead_hours=5,
            ),
            new=headline(title, link=link) if 9 <= number <= 11 else None,
        )
        for number in range(1, 16)
    ]
    parts_of = [("top", every[:1]), ("chips", every[1:5]), ("models", every[5:8]), ("updates", every[8:11])]
    found = (section(*some, heading=heading) for heading, some in [*parts_of, ("also", every[11:])])
    return replace(digest(*found, language=language, stories=40, articles=200), next_at=NOW)


def test_a_story_shows_who_reports_it_and_what_the_other_press_says() -> None:
    """The headline with its link and newsroom, the other press, a source's sentence, and the count."""
    told = telling(
        "s1",
        headline("SMIC raises prices", newsroom="SCMP"),
        beside=headline("中芯国际涨价", link="https://example.com/zh", newsroom="36氪", language=ZH),
        excerpt="The foundry told its customers on Monday.",
        newsrooms=((EN, ("SCMP",)), (ZH, ("36氪",))),
        lead_hours=5,
    )

    text = text_of(posted(digest(section(*items(told)), stories=1, articles=2)))

    assert text.splitlines() == [
        "## China tech · Monday 8 June",
        "1 story since 7 June 08:00, told in 2 articles. Here is 1.",
        "-# Headlines are the sources’ own; each leads to its source.",
        "**1 · [SMIC raises prices](https://example.com/a)** SCMP",
        "Chinese press: [中芯国际涨价](https://example.com/zh) 36氪",
        "The foundry told its customers on Monday.",
        "-# 2 newsrooms: 1 English, 1 Chinese · Chinese first by 5 h",
    ]


def test_a_moderators_title_is_nobodys_headline() -> None:
    """It stands above the source's own, without a link, made safe, and names the story in the menu."""
    told = replace(telling("s1", headline("SMIC raises prices")), title="Our *own* words")
    also = replace(telling("s2", headline("DRAM is dear")), title="Ours")
    lead, last = items(told, also)

    view = posted(digest(section(lead), section(last, heading="also"), stories=2, articles=2))

    lines = text_of(view).splitlines()
    assert lines[3] == f"**1 · {plain('Our *own* words')}**"
    assert lines[4].startswith("[SMIC raises prices](https://example.com/a) ")
    assert any(line.startswith("2 · Ours: [DRAM is dear](https://example.com/a) ") for line in lines)
    assert list(options_of(view)) == ["1 · Our *own* words", "2 · Ours"]


def test_a_moderators_title_stands_above_a_gloss_too() -> None:
    """Then the source's headline and its gloss; the menu has the title alone."""
    told = replace(telling("s1", GLOSSED), title="A rise")

    view = posted(digest(section(*items(told)), stories=1, articles=1))

    assert text_of(view).splitlines()[3:6] == [
        "**1 · A rise**",
        "[中芯涨价](https://example.com/a) ITHome",
        "≈ SMIC raise-price",
    ]
    assert list(options_of(view)) == ["1 · A rise"]


def test_a_running_story_says_what_is_new() -> None:
    """An update has the new headline below the one that is known; one that a machine translated says so."""
    new = headline("Customers answer", link="https://example.com/new", newsroom="Reuters", article_id="a2")
    shown = headline("中芯涨价", newsroom="Techmeme", translated=True)

    text = text_of(posted(digest(section(*items(telling("s1", shown), new=new), heading="updates"), stories=1)))

    assert "### Updates\n**1 · [中芯涨价](https://example.com/a)** Techmeme (title translated by an aggregator)" in text
    assert "New: [Customers answer](https://example.com/new) Reuters" in text


GLOSSED = headline("中芯涨价", newsroom="ITHome", language=ZH, gloss="SMIC raise-price")
SECOND = headline("客户不满", link="https://example.com/2", newsroom="36Kr", language=ZH, gloss="customer dissatisfied")
NVIDIA, NAVER, KOREA = Name(en="Nvidia", zh="英伟达"), Name(en="Naver", zh="Naver"), Name(en="South Korea", zh="韩国")


def test_what_only_the_chinese_press_has_can_be_read_and_says_how_far_that_reaches() -> None:
    """The gloss with the original beneath it, a second newsroom's headline, and the feeds that were read."""
    told = telling("s1", GLOSSED, second=SECOND, newsrooms=((EN, ()), (ZH, ("ITHome", "36Kr", "QbitAI"))), only=ZH)

    text = text_of(posted(digest(section(*items(told), heading="only-zh"), stories=1)))

    assert text.splitlines()[2:] == [
        "-# Headlines are the sources’ own. “≈” marks our word-by-word gloss of a Chinese one: not a translation.",
        "### Only in Chinese so far",
        "**1 · ≈ SMIC raise-price**",
        "[中芯涨价](https://example.com/a) ITHome",
        "[客户不满](https://example.com/2) 36Kr",
        "≈ customer dissatisfied",
        "-# 3 newsrooms, all Chinese (also QbitAI)",
        "-# “Only in Chinese” means: in the 74 feeds read here.",
    ]


def test_a_chinese_reader_has_the_original_first_and_is_told_what_the_foreign_press_lacks() -> None:
    """The mirror: English headlines with their gloss below, and a note where no foreign newsroom reports."""
    foreign = telling("s1", headline(gloss="中芯 涨 价"), only=EN)
    ours = telling("s2", GLOSSED, newsrooms=((ZH, ("ITHome", "36Kr")), (EN, ())), only=ZH)
    one, two = items(foreign, replace(ours, headline=replace(GLOSSED, gloss=None)))

    text = text_of(posted(digest(section(one, heading="only-en"), section(two, heading="chips"), language=ZH)))

    assert "### 只有外媒报道\n**1 · [SMIC raises prices](https://example.com/a)** SCMP\n≈ 中芯 涨 价" in text
    assert "-# 2 家媒体，均为中文（另有 36Kr）；尚无外媒" in text
    assert text.endswith("-# “只有”和“尚无”仅就这里所读的 74 个源而言。")


def test_siblings_stand_in_one_line_and_each_can_be_opened() -> None:
    """Numbered behind their first, called by their partners or their headline, and in the menu."""
    chinese = headline("英伟达与斗山合作", link="https://example.com/3", newsroom="ITHome", language=ZH)
    naver = headline(link="https://example.com/2")
    first, second, third = items(telling("s1"), telling("s2", naver), telling("s3", chinese))
    siblings = replace(second, under=1, called=(NAVER,)), replace(third, under=1)
    told = replace(first, theme=(NVIDIA, KOREA)), *siblings

    sent = posted(digest(section(*told, heading="chips")))

    line = "Same day, on Nvidia and South Korea: 2 [Naver](https://example.com/2) · 3 [英伟达与斗山合作 (zh)](https://example.com/3)"
    assert text_of(sent).splitlines()[-1] == line
    assert list(options_of(sent).values()) == ["s1", "s2", "s3"]


def test_an_update_says_since_when_and_who_joined() -> None:
    """The press that has begun to speak, the new headline and the others; the story's own headline not twice."""
    new = headline("Customers answer", link="https://example.com/new", newsroom="Reuters", article_id="a2")
    since = Update(since=date(2026, 6, 7), newsrooms=("Reuters", "SCMP"), press=EN)
    (known,) = items(telling("s1"), new=new)
    (same,) = items(telling("s1"), new=headline())

    texts = [text_of(posted(digest(section(replace(each, update=since), heading="updates")))) for each in (known, same)]

    said = "New since Sunday, now in the English press too"
    assert f"{said}: [Customers answer](https://example.com/new) Reuters · also SCMP" in texts[0]
    assert f"\n{said} · also Reuters" in texts[1]


def test_a_long_story_tells_from_when_to_when() -> None:
    """First and last time, each by the reader's own clock; a story of one day has none."""
    long = telling("s1", first_at=NOW - timedelta(days=2))

    text = text_of(posted(digest(section(*items(long, telling("s2"))))))

    assert text.count("-# <t:1780747200:d> – <t:1780920000:d>") == text.count(":d>") / 2 == 1


def test_an_edition_has_a_menu_of_its_stories_and_the_other_language() -> None:
    """Each story can be opened from the message, all there was can be listed, and it can be read in Chinese."""
    told = digest(section(*items(telling("s1"), telling("s2"))), stories=9)

    sent = posted(told)

    assert options_of(sent) == {"1 · SMIC raises prices": "s1", "2 · SMIC raises prices": "s2"}
    assert buttons_of(sent) == {
        "Every story (9)": "show:all/abcd1234/7/1780920000/0/1",
        "中文": "show:edition/abcd1234/7/1780920000/0/zh",
    }


def test_a_story_that_stands_twice_is_offered_once() -> None:
    """Two stories that have become one since are one option: Discord refuses a menu with the same value twice."""
    told = digest(section(*items(telling("s1"), telling("s1", headline("SMIC again")), telling("s2"))), stories=9)

    sent = posted(told)

    assert options_of(sent) == {"1 · SMIC raises prices": "s1", "3 · SMIC raises prices": "s2"}
    assert too_much(sent) == []


def test_a_day_without_news_is_a_sentence() -> None:
    """Nothing new is said in one line, without a menu, and can still be told from other messages."""
    sent = posted(digest(feeds=74))

    assert text_of(sent) == "## China tech · Monday 8 June\nNothing new since 7 June 08:00 in the 74 feeds read here."
    assert list(buttons_of(sent).values()) == ["show:edition/abcd1234/7/1780920000/0/zh"]


def test_the_next_digest_is_told_in_each_readers_own_time() -> None:
    """The foot is a time that Discord shows to everyone by their own clock."""
    told = replace(digest(section(*items(telling()))), next_at=NOW)

    assert text_of(posted(told)).endswith("-# Next: <t:1780920000:f>")


def test_a_digest_that_was_asked_for_can_be_posted_once_it_is_private() -> None:
    """A private one has a button for posting it; the posted one has none."""
    told = digest(section(*items(telling())), stories=1)

    private, public = (payload(look.hours(told, HEADINGS, Topic.CHIPS, public=public)) for public in (False, True))

    assert "Post in this channel" in buttons_of(private)
    assert buttons_of(public) == {
        "Every story (1)": "show:list/29680560/29682000/chips/1",
        "中文": "show:hours/29680560/29682000/zh/chips/0",
    }


def test_a_digest_is_shortened_from_its_end() -> None:
    """The last story goes first, and a section that is empty then goes with it."""
    one, two, three = items(telling("s1"), telling("s2"), telling("s3"))
    told = digest(section(one), section(two, three, heading="also"))

    shorter = without_last(told)
    shortest = without_last(shorter)

    assert numbers_in(shorter) == [1, 2]
    assert shortest == digest(section(one))
    assert without_last(shortest).sections == ()
