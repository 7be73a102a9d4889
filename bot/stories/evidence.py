"""What speaks for and against two articles reporting one event, as numbers; likeness.yaml weighs them.

Everything is computed for some articles against the whole window at once, then picked for the candidate pairs.
"""

from collections.abc import Iterator, Mapping
from itertools import chain

import numpy as np
from numpy.typing import NDArray

from bot.stories.actions import KINDS
from bot.stories.bag import Floats
from bot.stories.numbers import other_versions
from bot.stories.window import COUNTED, Slots, Window
from bot.turns import rest

_CANDIDATES = 40
"""How many articles are looked at closely, by meaning, by words and by names each."""
_DISTANT, _CLOSE = 0.6, 0.8
"""The encoder's cosines from which likeness counts more."""
_BRIDGED = 0.8
"""What a word counts that is matched through the dictionary, against one that is said itself."""
AT_ONCE = 128
"""How many articles are held against the whole window at once: more cost memory and no less time."""
_FEW = 2.0
"""Added to a mass of words before shares are taken: of two words one is not half of an event."""
_HOUR, _DAY = 3600.0, 24.0
_MOMENT = 0.1
"""Hours within which two articles of one newsroom come from one batch."""

Table = Mapping[str, Floats]


def candidates(window: Window, rows: Slots, *, usual: tuple[float, float] | None = None) -> tuple[Slots, Slots, Table]:
    """For some rows the pairs worth a look, as two columns of slots, with the evidence for each pair.

    `usual` is the mean and spread that cosines are brought to, where the weights belong to another encoder.
    """
    met = window.meets(rows)
    cosines = _cosines(window, rows, usual)
    window.crowd(rows, cosines, met)
    _know_crowds(window, met, usual)
    words, names, latin = (_shared(window, bag, rows) for bag in ("terms", "names", "latin"))
    chosen = np.zeros(met.shape, np.bool_)
    for alike in (cosines, words, 0.5 * names + latin + 0.5 * cosines):
        rest()
        _choose(chosen, np.where(met, alike, -np.inf))
    at, others = np.nonzero(chosen & met)
    wide = {"meaning": cosines, "words": words, "names": names, "latin": latin}
    # One after the other: each holds a number for every article of the window, and few of them are wanted.
    picked = {name: values[at, others] for name, values in chain(wide.items(), _masses(window, rows))}
    rest()
    return rows[at], others, _evidence(window, rows[at], others, picked)


def _shared(window: Window, bag: str, rows: Slots) -> Floats:
    rest()
    return window.bags[bag].cosine(rows)


def _cosines(window: Window, rows: Slots, usual: tuple[float, float] | None) -> Floats:
    found = np.asarray(window.vectors[rows] @ window.vectors.T, np.float32)
    if usual is None:
        return found
    mean, spread = usual
    public = window.public(found)
    return np.asarray((found - public.mean()) / (public.std() + 1e-6) * spread + mean, np.float32)


def _choose(chosen: NDArray[np.bool_], alike: Floats) -> None:
    """Mark the best of each row."""
    many = min(_CANDIDATES, alike.shape[1] - 1)
    if many > 0:
        best = np.argpartition(-alike, many, axis=1)[:, :many]
        np.put_along_axis(chosen, best, values=True, axis=1)


def _masses(window: Window, rows: Slots) -> Iterator[tuple[str, Floats]]:
    """How much rarity some rows share with every row, of each sort of term."""
    for name in ("terms", "names", "amounts", "versions"):
        rest()
        yield f"{name} shared", window.bags[name].shared(rows)
    for kind in COUNTED:
        rest()
        yield kind, np.minimum(_count(window, kind, rows), 2.0)
    rest()
    yield "said shared", window.bags["said"].shared(rows) + _BRIDGED * window.bridge(rows)


def _count(window: Window, kind: str, rows: Slots) -> Floats:
    ones = window.kinds[kind].ones
    return np.asarray((ones[rows] @ ones.T).toarray(), np.float32)


def _evidence(window: Window, one: Slots, other: Slots, picked: dict[str, Floats]) -> Table:
    """Every kind of evidence by its name, a number for each pair."""
    same = (window.titled[one] == window.titled[other]).astype(np.float32)
    return {
        **_by_meaning(window, one, other, picked["meaning"]),
        **_by_words(window, one, other, picked, same),
        **_by_names(window, one, other, picked),
        **_by_numbers(window, one, other, picked),
        **_by_what_is_said(window, one, other, picked, same),
        **_by_actions(window, one, other),
        **_by_circumstance(window, one, other, same),
    }


def _by_meaning(window: Window, one: Slots, other: Slots, cosine: Floats) -> dict[str, Floats]:
    """The encoder's cosine, plain and against how crowded the two articles' neighbourhoods are."""
    z = (cosine - window.mean[one]) / window.spread[one] + (cosine - window.mean[other]) / window.spread[other]
    return {
        "meaning": cosine,
        "meaning, close": np.maximum(cosine - _DISTANT, 0),
        "meaning, very close": np.maximum(cosine - _CLOSE, 0),
        "meaning over the usual": z,
        "meaning over the neighbours": cosine - (window.near[one] + window.near[other]) / 2,
        "meaning under the nearest": cosine - np.maximum(window.nearest[one], window.nearest[other]),
    }


def _know_crowds(window: Window, met: NDArray[np.bool_], usual: tuple[float, float] | None) -> None:
    """Look round the articles whose neighbourhood is not known yet, as after the window was read anew."""
    strange = np.flatnonzero(~window.crowded & met.any(axis=0))
    for at in range(0, len(strange), AT_ONCE):
        rest()
        some = strange[at : at + AT_ONCE]
        window.crowd(some, _cosines(window, some, usual), window.meets(some))


def _by_words(window: Window, one: Slots, other: Slots, picked: dict[str, Floats], same: Floats) -> dict[str, Floats]:
    """Shared words where the titles are in one language; Latin ones in any."""
    mass = window.bags["terms"].mass
    share = picked["terms shared"] / np.maximum(np.minimum(mass[one], mass[other]), 1e-6)
    return {
        "words": picked["words"] * same,
        "words, share": share * same,
        "words, most": np.maximum(share * same - 0.5, 0),
        "words, across": picked["words"] * (1 - same),
        "words, Latin": picked["latin"],
        "words and meaning": share * same * picked["meaning"],
    }


def _by_names(window: Window, one: Slots, other: Slots, picked: dict[str, Floats]) -> dict[str, Floats]:
    """Shared entities, their families among them, and whether both are about the same one first."""
    mass = window.bags["names"].mass
    shared, first, second = picked["names shared"], window.first[one], window.first[other]
    share = shared / np.maximum(np.minimum(mass[one], mass[other]), 1e-6)
    both = ((first >= 0) & (second >= 0)).astype(np.float32)
    lead = both * (first == second)
    return {
        "names": picked["names"],
        "names, share": share,
        "names, shared": shared,
        "names, not shared": mass[one] + mass[other] - 2 * shared,
        "no names": ((mass[one] == 0) | (mass[other] == 0)).astype(np.float32),
        "first name": lead,
        "another first name": both - lead,
        "first name and meaning": lead * picked["meaning"],
        "names and meaning": share * picked["meaning"],
        **{f"shared {kind}": picked[kind] for kind in COUNTED},
    }


def _by_numbers(window: Window, one: Slots, other: Slots, picked: dict[str, Floats]) -> dict[str, Floats]:
    """Shared amounts and versions, and different ones."""
    has = {name: window.bags[name].mass > 0 for name in ("amounts", "versions")}
    both = {name: has[name][one] & has[name][other] for name in has}
    amounts, versions = picked["amounts shared"], picked["versions shared"]
    differ = [
        bool(pair) and other_versions(window.marks[a].versions, window.marks[b].versions)
        for pair, a, b in zip(both["versions"], one, other, strict=True)
    ]
    return {
        "amounts": amounts,
        "other amounts": (both["amounts"] & (amounts == 0)).astype(np.float32),
        "amounts and meaning": np.minimum(amounts, 6) * picked["meaning"],
        "versions": versions,
        "versions, any": (versions > 0).astype(np.float32),
        "other versions": np.array(differ, np.float32),
        "unlike versions": (both["versions"] & (versions == 0)).astype(np.float32),
    }


def _by_what_is_said(
    window: Window, one: Slots, other: Slots, picked: dict[str, Floats], same: Floats
) -> dict[str, Floats]:
    """What both say in either language, as a share of what each says, without names and with them."""
    said, names = window.bags["said"].mass, window.bags["names"].mass
    shared, named = picked["said shared"], picked["names shared"]
    plain = (shared / (said[one] + _FEW), shared / (said[other] + _FEW))
    whole = tuple((shared + named) / (said[each] + names[each] + _FEW) for each in (one, other))
    mean = np.sqrt(whole[0] * whole[1])
    shares = {
        "said, least": np.minimum(*plain),
        "said, most": np.maximum(*plain),
        "said and named, least": np.minimum(*whole),
        "said and named, most": np.maximum(*whole),
        "said and named": mean,
    }
    return {
        **shares,
        **{f"{name}, across": value * (1 - same) for name, value in shares.items()},
        "said, shared": shared,
        "said with names": np.sqrt(np.minimum(shared, 12) * np.minimum(named, 8)),
        "said where named": np.minimum(shared, 15) * (named > 0),
        "said, named and meaning": mean * picked["meaning"],
    }


def _by_actions(window: Window, one: Slots, other: Slots) -> dict[str, Floats]:
    """The kinds of action both speak of, or one alone, where the first name is the same."""
    first, second = window.acts[one], window.acts[other]
    lead = ((window.first[one] >= 0) & (window.first[one] == window.first[other])).astype(np.float32)
    both, either = first * second, np.maximum(first, second)
    any_both = both.sum(axis=1)
    found = {"actions": any_both / np.maximum(either.sum(axis=1), 1)}
    found["other actions"] = ((any_both == 0) & (first.any(axis=1)) & (second.any(axis=1))).astype(np.float32)
    for at, kind in enumerate(KINDS):
        found[f"both {kind}"] = both[:, at] * lead
        found[f"one {kind}"] = np.abs(first[:, at] - second[:, at]) * lead
    return found


def _by_circumstance(window: Window, one: Slots, other: Slots, same: Floats) -> dict[str, Floats]:
    """Time, newsroom and form."""
    hours = np.abs(window.times[one] - window.times[other]) / _HOUR
    room = window.rooms[one] == window.rooms[other]
    found = {
        "hours apart": np.log1p(hours),
        "days apart": hours / _DAY,
        "same newsroom": room,
        "same newsroom, same moment": room & (hours < _MOMENT),
        "round-up": np.maximum(window.round_up[one], window.round_up[other]),
        "same language": same,
        "both press": window.press[one] * window.press[other],
        "shorter": np.minimum(window.length[one], window.length[other]),
    }
    return {name: np.asarray(value, np.float32) for name, value in found.items()}
