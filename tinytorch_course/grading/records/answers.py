"""Text answers of a class to one question: which are equal, and which nearly so that one look is enough for all."""

from __future__ import annotations

import difflib
import functools
import hashlib
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

_LONGEST = 1_000  # words: longer answers are compared for equality only
_MOST_PAIRS = 100_000  # places at which two answers have the same word: what comparing them costs
_LIKE = 0.8  # share of the words that two nearly equal answers have in common, in their order
_SLIP = 0.6  # likeness of a word and what it was meant to be
_BITS = 512  # of a sketch: enough that few words of an answer share one
_QUOTES = str.maketrans("‘’“”–−", "''\"\"--") | {ord("—"): "--"}  # this one is never a minus
_WORD = re.compile(r"\d+(?:[.,]\d+)*|\w+(?:'\w+)*|[^\w\s]")
_HYPHEN = re.compile(r"(?<=[^\W\d])-(?=[^\W\d])")
# A dash that stands for a comma or begins an item of a list; a minus stands at a number, a single letter or a bracket.
_DASH = re.compile(
    r"^[ \t]*[-*•](?=\s)|-{2,}(?![-\d])|(?<![\d)\]]\s)(?<!\b\w\s)(?<=\s)-(?=\s)(?!\s+(?:[\d(\[]|\w\b))", re.MULTILINE
)
_STRONG = re.compile(r"\*\*|__|`+")
_EMPHASIS = re.compile(r"(?<![\w*])([*_])(?=\w)([^*_\n]*)\1(?![\w*])")
_LAYOUT = set(".,;:!?\"'#")
# Where two answers differ in one of these they say something else, however little that is.
_TURNS = re.compile(
    r".*n't|cannot|not|no|nor|never|none|nothing|neither|without|un\w+|nicht|kein\w*|nie|ohne|more|less|few\w*|most|least|"
    r"larg\w+|big\w*|great\w*|small\w*|high\w*|low\w*|increas\w+|decreas\w+|grow\w*|shrink\w*|before|after|first|last|"
    r"same|different\w*|equal\w*|always|only|all|every|each|both|some|any|true|false|right|wrong|half|twice|doubl\w+|"
    r"zero|one|two|three|four|five|six|seven|eight|nine|ten|add\w*|subtract\w*|multipl\w+|divid\w+|plus|minus|\w|\W+"
)
# Words that alone say nothing: what else is added or left out may be what the mark scheme pays for.
_SMALL = frozenset(
    re.findall(
        r"\w+",
        "a an the this that these those it its he she they we you i their our your my his her them us me which what "
        "is are was were be been being am do does did has have had having will would can could may might shall should must "
        "of in on at to for from by with as into onto over about than then so and or but if when while where because since "
        "there here also too very just really quite rather even still already again end course well such how why thus hence "
        "der die das den dem des ein eine einen einem einer es sie er wir man ist sind war wird werden hat haben kann können "
        "und oder aber auch noch schon so dann wenn weil da dass als wie in im an am auf zu zum zur von vom für mit bei aus",
    )
)


@dataclass(frozen=True)
class Answer:
    """What one student wrote."""

    student: str
    text: str


@dataclass(frozen=True)
class Group:
    """Answers that are equal or nearly so.

    Parameters
    ----------
    label : str
        Made from what the answers say: a group with another answer in it has another label.
    variants : list of list of Answer
        Equal ones together, the most frequent first.
    """

    label: str
    variants: list[list[Answer]]

    @property
    def answers(self) -> list[Answer]:
        """All of them."""
        return [answer for variant in self.variants for answer in variant]


def words(text: str) -> tuple[str, ...]:
    """The words, numbers and signs of a text that carry its meaning: not case, layout or punctuation."""
    text = unicodedata.normalize("NFKC", text).translate(_QUOTES).casefold()
    text = _DASH.sub(" ", text)
    text = _HYPHEN.sub(" ", _EMPHASIS.sub(r" \2 ", _STRONG.sub(" ", text)))
    return tuple(word for word in _WORD.findall(text) if word not in _LAYOUT)


def grouped(answers: Iterable[Answer]) -> list[Group]:
    """The answers in groups, the largest first. Each is compared with the first of a group, so none drifts away from it."""
    equal: dict[tuple[str, ...], list[Answer]] = defaultdict(list)
    for answer in sorted(answers, key=lambda answer: answer.student):
        equal[words(answer.text)].append(answer)
    order = sorted(equal, key=lambda key: (-len(equal[key]), key))
    sketches = [_Sketch(key) for key in order]
    counts = Counter(place for sketch in sketches for place in sketch.places)
    leaders: dict[tuple[int, _Place], list[_Sketch]] = defaultdict(list)  # by what turns them and their rarer words
    found: dict[tuple[str, ...], list[tuple[str, ...]]] = {}
    for sketch in sketches:
        rare = sorted(sketch.places, key=lambda place: (counts[place], place))
        rare = rare[: len(rare) // 3 + 1]  # two that have so much in common share one of these
        blocks = [leaders[sketch.turns, place] for place in rare]
        near = {one.key: None for block in blocks for one in block if one.may_be_near(sketch)}
        leader = next((leader for leader in near if nearly_equal(leader, sketch.key)), None)
        if leader is not None:
            found[leader].append(sketch.key)
            continue
        found[sketch.key] = [sketch.key]
        for block in blocks:
            block.append(sketch)
    groups = [Group(_label(keys), [equal[key] for key in keys]) for keys in found.values()]
    return sorted(groups, key=lambda group: (-len(group.answers), group.label))


_Place = tuple[str, int]  # a word, and how many of it there are up to here


class _Sketch:
    """What tells of most answers, without a comparison, that they are not nearly equal.

    Parameters
    ----------
    key : tuple of str
        An answer's words.
    """

    __slots__ = ("bits", "key", "places", "turns")

    def __init__(self, key: tuple[str, ...]) -> None:
        self.key = key
        # Two that are nearly equal differ in none of these words, and in no word's place: they have the same in one order.
        self.turns = hash(tuple(filter(_turns, key)))
        seen: Counter[str] = Counter()
        self.places: list[_Place] = []
        for word in key:
            seen[word] += 1
            self.places.append((word, seen[word]))
        self.bits = 0
        for place in self.places:
            self.bits |= 1 << hash(place) % _BITS

    def may_be_near(self, other: _Sketch) -> bool:
        """False where so many words are in one of the two only that they cannot be."""
        ours, theirs = len(self.key), len(other.key)
        both = min(ours - (self.bits & ~other.bits).bit_count(), theirs - (other.bits & ~self.bits).bit_count())
        return 2 * both >= _LIKE * (ours + theirs)


@functools.lru_cache(100_000)
def _turns(word: str) -> bool:
    """Whether two answers that differ in this word say something else."""
    return word[0].isdigit() or _TURNS.fullmatch(word) is not None


def nearly_equal(one: Sequence[str], other: Sequence[str]) -> bool:
    """Whether two answers differ in a few words, none of which turns the meaning, and in no word's place.

    Where one of them has a whole clause more, they differ.
    """
    if max(len(one), len(other)) > _LONGEST:
        return False
    ours, theirs = Counter(one), Counter(other)
    gone, come = ours - theirs, theirs - ours
    if 2 * (len(one) - gone.total()) < _LIKE * (len(one) + len(other)) or any(map(_turns, [*gone, *come])):
        return False
    if sum(count * theirs[word] for word, count in ours.items()) > _MOST_PAIRS:  # one word over and over
        return False
    matcher = difflib.SequenceMatcher(None, one, other, autojunk=False)
    if matcher.ratio() < _LIKE:
        return False
    runs = [(one[a:b], other[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"]
    if sum(len(run) for run, _ in runs) > gone.total():  # words that stand elsewhere
        return False
    return not any(_says_more(run, instead) or _says_more(instead, run) for run, instead in runs)


def _says_more(run: Sequence[str], instead: Sequence[str]) -> bool:
    """Whether a sentence or a clause of its own stands here: two words or more, not all of them small, that are no slips."""
    fresh = [word for word in run if not difflib.get_close_matches(word, instead, 1, _SLIP)]
    return len(fresh) > 1 and not _SMALL.issuperset(fresh)


def differences(text: str, other: str) -> list[tuple[str, bool]]:
    """The pieces of `text`, each with whether it is not so in `other`."""
    pieces, theirs = re.findall(r"\s+|\S+", text), re.findall(r"\s+|\S+", other)
    if max(len(pieces), len(theirs)) > 3 * _LONGEST:
        return [(text, False)]
    matcher = difflib.SequenceMatcher(None, [words(p) for p in theirs], [words(p) for p in pieces], autojunk=False)
    return [
        ("".join(pieces[first:last]), tag != "equal" and any(map(words, pieces[first:last])))
        for tag, _, _, first, last in matcher.get_opcodes()
        if last > first
    ]


def _label(keys: Sequence[Sequence[str]]) -> str:
    text = "\n".join(sorted(" ".join(key) for key in keys))
    return "g" + hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()[:6]
