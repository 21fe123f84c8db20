# ---
# jupyter:
#   jupytext:
#     formats: notebooks///ipynb,src///py:percent
#     text_representation:
#       extension: .py
#       format_name: percent
#   kernelspec:
#     display_name: Python 3 (ipykernel)
#     language: python
#     name: python3
# ---

# %% [markdown]
# # Module 10: Tokenization
#
# > From text to numbers: characters, bytes, and pairs that grow into words, learned in time linear in the text.
#
# Time: about 3½ hours. You need Python's lists and dictionaries, and nothing of what you built before (10.12 recalls the loss of Module 04).

# %%
#| default_exp core.tokenization

# %% tags=["setup"]
# Nothing to do here: this finds the course's library, in VS Code and Colab too.
import importlib.util
import os
import shutil
import sys
from pathlib import Path


def course_folder():
    places = [Path.cwd(), *Path.cwd().parents, *Path.cwd().glob("*/")]
    return next((str(p) for p in places if os.path.isfile(p / "tinytorch" / "checks.py")), None)


if course_folder() is None and "google.colab" in sys.modules:
    from google.colab import files

    print("Choose the zip file of the student edition.")
    for name in files.upload():
        shutil.unpack_archive(name)
if course_folder():
    sys.path.insert(0, course_folder())
elif importlib.util.find_spec("tinytorch") is None:
    raise ModuleNotFoundError("There is no tinytorch here: open the notebook inside the folder of the student edition.")


# %% [markdown]
# | part | what you do | minutes |
# |---|---|---|
# | 1 | Characters | 30 |
# | 2 | Bytes | 40 |
# | 3 | A pair becomes one | 30 |
# | 4 | Learning which pairs | 30 |
# | 5 | The same, without counting anew | 45 |
# | 6 | A tokenizer | 25 |
# | 7 | What a vocabulary costs and buys | 15 |

# %%
#| export
import collections
import heapq
import inspect
import math
import re
import warnings

import numpy as np

from tinytorch.core.tensor import method_of

# %%
import time

from tinytorch.checks import Checks, bare

# %% tags=["demo"]
import matplotlib.pyplot as plt

from tinytorch.pictures import show

BLUE, ORANGE, GREEN, PINK, SKY = "#0072B2", "#E69F00", "#009E73", "#CC79A7", "#56B4E9"

# %% [markdown]
# ## Part 1 · Characters
#
# A language model reads numbers and writes numbers. Who turns *shape (3, 4)* into numbers, and the answer back into text? That part learns no gradients, stands before the first layer, and is blamed for much that goes wrong later: it is called the **tokenizer**, and its numbers are **ids**.

# %% [markdown]
# The simplest one gives each character an id, in order. By hand, for the text *banana*: the different characters, sorted, are a, b, n. So *ban* is 1, 0, 2, and 2, 0, 1 is *nab*.
#
# Sorted, so that the same text always gives the same ids: the order of a `set` of strings changes with each start of Python.

# %% [markdown]
# ### 10.1 The vocabulary
#
# The class is given; you give it its two tables, one for each direction.

# %%
#| export
class CharTokenizer:
    """An id for each character that a text holds, in sorted order.

    Parameters
    ----------
    text : str

    Attributes
    ----------
    characters : list of str
        Its different characters, sorted. ``characters[id]`` is the character with that id.
    ids : dict of str to int
        The id of each character.
    """

    def __len__(self):
        return len(self.characters)

# %% nbgrader={"grade": false, "grade_id": "10-01-characters", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(CharTokenizer)
def __init__(self, text):
    """Set `characters`, the different characters of the text in sorted order, and `ids`, the id of each."""
    ### BEGIN SOLUTION 10.1 CharTokenizer.__init__: set characters and ids
    self.characters = sorted(set(text))
    self.ids = {character: k for k, character in enumerate(self.characters)}
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-01-characters", "locked": true, "points": 5, "schema_version": 3, "solution": false, "task": false}
with Checks("10.1", "CharTokenizer.__init__") as check:
    check.given(text="banana", look="The example by hand.")
    tokenizer = CharTokenizer("banana")
    check.same("characters", tokenizer.characters, ["a", "b", "n"])
    check.same("ids", tokenizer.ids, {"a": 0, "b": 1, "n": 2})
    check.same("the number of ids", len(tokenizer), 3)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    tokenizer = CharTokenizer("Zeile\n2: äß 2\t😀")
    check.same("the characters of a text with lines, digits and signs", tokenizer.characters, ["\t", "\n", " ", "2", ":", "Z", "e", "i", "l", "ß", "ä", "😀"])
    check.same("the ids of that text", [tokenizer.ids[c] for c in "Ze2😀"], [5, 6, 3, 11])
    check.same("the characters of no text", CharTokenizer("").characters, [])
    ### END HIDDEN TESTS

# %% [markdown]
# ### 10.2 There and back
#
# What is the id of a character that the text did not have? A shrug (skip it) changes what was said, and nobody notices. So say which character, and where it stands. On the way back, remember that `characters[-1]` is no error in Python: the last character.

# %% nbgrader={"grade": false, "grade_id": "10-02-there-and-back", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(CharTokenizer)
def encode(self, text):
    """The ids of a text, a list of int; `self.ids` has the id of each character.

    Raises ValueError for the first character that has no id; its message holds repr(character) and the place, counted from 0.
    """
    ### BEGIN SOLUTION 10.2 CharTokenizer.encode: return the ids of the characters
    for place, character in enumerate(text):
        if character not in self.ids:
            raise ValueError(f"{character!r} at place {place} is not among the {len(self.ids)} characters of the vocabulary")
    return [self.ids[character] for character in text]
    ### END SOLUTION


@method_of(CharTokenizer)
def decode(self, ids):
    """The text of some ids, a list or an array of integers; `self.characters` has the character of each id.

    Raises IndexError for an id below 0, or not below the number of characters; its message holds that id.
    """
    ### BEGIN SOLUTION 10.2 CharTokenizer.decode: return the text of the ids
    for number in ids:
        if not 0 <= number < len(self.characters):
            raise IndexError(f"there is no id {number}: ids go from 0 to {len(self.characters) - 1}")
    return "".join(self.characters[number] for number in ids)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-02-there-and-back", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("10.2", "CharTokenizer.encode, CharTokenizer.decode") as check:
    known = bare(CharTokenizer, characters=["a", "b", "n"], ids={"a": 0, "b": 1, "n": 2})
    check.given(vocabulary="a b n", text="ban", look="The example by hand.")
    check.same("the ids", known.encode("ban"), [1, 0, 2])
    check.same("the text of 2, 0, 1", known.decode([2, 0, 1]), "nab")
    check.raises("a character without an id", ValueError, lambda: known.encode("bandana"), mentions=("'d'", "3"), inputs={"text": "bandana"}, look="Say which character, and where it stands.")
    check.raises("an id that is too large", IndexError, lambda: known.decode([0, 3]), mentions="3", inputs={"ids": [0, 3]})
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.raises("a negative id", IndexError, lambda: known.decode([0, -1, 2]), mentions="-1")
    check.raises("a line break that has no id", ValueError, lambda: known.encode("aba\nb\t"), mentions=("'\\n'", "3"))
    check.same("the ids of no text", known.encode(""), [])
    check.same("the text of no ids", known.decode([]), "")
    check.same("the text of an array of ids", known.decode(np.array([1, 0, 1])), "bab")
    check.unchanged("the vocabulary", known.characters, ["a", "b", "n"])
    odd = bare(CharTokenizer, characters=["x", "é", "😀"], ids={"x": 0, "é": 1, "😀": 2})
    check.same("the ids of other signs", odd.encode("😀éx😀"), [2, 1, 0, 2])
    check.same("the text of their ids", odd.decode([2, 1, 0, 2]), "😀éx😀")
    ### END HIDDEN TESTS

# %% [markdown]
# A real text lies on every machine with NumPy: the descriptions of its functions; Module 11 uses them, too. Here they are kept whole, with line breaks, signs and examples, because a language model learns from texts as people write them.

# %%
#| export
def load_docstrings():
    """The descriptions of NumPy's functions and classes, sorted: a list of different str.

    They come from the NumPy that is installed, so another version has slightly others.
    """
    spaces = (np, np.linalg, np.random, np.ndarray, np.random.Generator)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # names that NumPy is about to drop
        things = [getattr(space, name, None) for space in spaces for name in dir(space) if not name.startswith("_")]
    texts = [thing.__doc__ for thing in things if callable(thing)]
    return sorted({inspect.cleandoc(text) for text in texts if isinstance(text, str)})

# %% tags=["demo"]
texts = load_docstrings()
whole = "\n".join(texts)
tokenizer = CharTokenizer(whole)
print(f"{len(texts)} texts, {len(whole):,} characters, {len(tokenizer)} different ones:")
print("".join(tokenizer.characters).replace("\n", ""))
try:
    tokenizer.encode("naïve 😀")
except ValueError as error:
    print("ValueError:", error)

# %% [markdown]
# Two faults. A new sign breaks it: whoever writes a chat program cannot know which signs people will type, and Unicode has 150,000 of them. And a sequence has as many places as characters, while attention costs the square of the places (you will measure that in 12.12). The first fault is cured by smaller units, the second by larger ones.

# %% [markdown]
# ## Part 2 · Bytes
#
# On a disk each text is a row of bytes: 256 different ones, whatever the language. UTF-8 says how a character becomes bytes. A vocabulary of 256 ids can write everything, and no text is unknown.
#
# The rule spreads the bits of the character's number over 1 to 4 bytes:

# %% [markdown]
# | number | bytes, in bits |
# |---|---|
# | below 2⁷ = 128 | `0xxxxxxx` |
# | below 2¹¹ = 2,048 | `110xxxxx 10xxxxxx` |
# | below 2¹⁶ = 65,536 | `1110xxxx 10xxxxxx 10xxxxxx` |
# | up to 1,114,111 | `11110xxx 10xxxxxx 10xxxxxx 10xxxxxx` |
#
# By hand: é is number 233, in bits 11101001. Eleven places: 00011 101001. So its bytes are 110·00011 and 10·101001: 195 and 169.

# %%
print(ord("é"), f"{ord('é'):b}", [f"{byte:08b}" for byte in "é".encode()], list("é".encode()))

# %% [markdown]
# ### 10.3 utf8
#
# Python does it with `chr(number).encode()`. Do it once by hand, and the next exercise explains itself.
#
# <details><summary>A nudge</summary>
#
# The last six bits of n are `n & 63`; `n >> 6` are the others. A byte that goes on is 128 plus six bits. The first byte of two starts at 192, of three at 224, of four at 240.
# </details>

# %% nbgrader={"grade": false, "grade_id": "10-03-utf8", "locked": false, "schema_version": 3, "solution": true, "task": false}
def utf8(number):
    """The bytes of the character with this number.

    Parameters
    ----------
    number : int
        From 0 to 1,114,111, but not from 55,296 to 57,343, which are no characters.

    Returns
    -------
    bytes, 1 to 4 of them

    Raises
    ------
    ValueError
        For any other number; its message holds the number.
    """
    ### BEGIN SOLUTION 10.3 utf8: return the bytes of one character
    if not 0 <= number <= 1_114_111 or 55_296 <= number <= 57_343:
        raise ValueError(f"{number} is not the number of a character")
    if number < 128:
        return bytes([number])
    rest = []
    more = 1 if number < 2048 else 2 if number < 65_536 else 3
    for _ in range(more):
        rest.insert(0, 128 + (number & 63))
        number >>= 6
    return bytes([(0, 192, 224, 240)[more] + number, *rest])
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-03-utf8", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("10.3", "utf8") as check:
    check.given(number=65, look="Below 128 a byte is the number itself.")
    check.same("the bytes of A", utf8(65), b"A")
    check.given(number=233, look="The example by hand.")
    check.same("the bytes of é", list(utf8(233)), [195, 169])
    check.given(number=8364, look="Three bytes: 4, 6 and 6 bits.")
    check.same("the bytes of €", list(utf8(8364)), [226, 130, 172])
    check.given(number=128512, look="Four bytes: 3, 6, 6 and 6 bits.")
    check.same("the bytes of 😀", list(utf8(128512)), [240, 159, 152, 128])
    check.raises("a number beyond the last one", ValueError, lambda: utf8(1_114_112), mentions="1114112", inputs={"number": 1_114_112}, look="Which numbers are no characters?")
    check.given(number="128 and 2047", look="The first and the last number of two bytes.")
    check.same("their bytes", [list(utf8(128)), list(utf8(2047))], [[194, 128], [223, 191]])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    borders = [0, 127, 128, 2047, 2048, 4096, 55_295, 57_344, 65_535, 65_536, 262_144, 1_114_111]
    for number in borders:
        check.same(f"the bytes of number {number}", list(utf8(number)), list(chr(number).encode()))
    for number in (-1, 55_296, 56_000, 57_343, 2_000_000):
        check.raises(f"the number {number}", ValueError, lambda number=number: utf8(number), mentions=str(number))
    check.is_a("the result", utf8(300), bytes)
    ### END HIDDEN TESTS

# %% [markdown]
# A model that writes bytes one after the other may stop in the middle of a character, and half of an é cannot be shown. The table says how to see it: `10xxxxxx` goes on, everything else begins, and the first byte says how many there are.

# %% [markdown]
# ### 10.4 Whole characters
#
# By hand: 97, 195, 169 is *aé*, all 3 bytes are whole. 97, 195 ends after the *a*: 1. And 226, 130 are the first two bytes of a €: 0.
#
# <details><summary>A nudge</summary>
#
# At most three bytes can be missing from the end's character. Walk back to the byte that begins it, and ask whether it has all it needs.
# </details>

# %% nbgrader={"grade": false, "grade_id": "10-04-whole-characters", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def whole_characters(data):
    """How many bytes at the front of `data` are whole characters.

    Parameters
    ----------
    data : bytes
        UTF-8 that may have been cut off anywhere.

    Returns
    -------
    int
        len(data), or less if the last character is not complete. ``data[:n].decode()`` works.
    """
    ### BEGIN SOLUTION 10.4 whole_characters: return how many bytes are whole characters
    start = len(data) - 1
    while start >= 0 and 128 <= data[start] < 192:
        start -= 1
    if start < 0:
        return 0
    first = data[start]
    needed = 1 if first < 128 else 2 if first < 224 else 3 if first < 240 else 4
    return len(data) if len(data) - start >= needed else start
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-04-whole-characters", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
with Checks("10.4", "whole_characters") as check:
    check.given(data=[97, 195, 169], look="The examples by hand.")
    check.same("the number of whole bytes of aé", whole_characters("aé".encode()), 3)
    check.same("the number of whole bytes, cut in the é", whole_characters("aé".encode()[:2]), 1, inputs={"data": [97, 195]})
    check.same("the number of whole bytes, cut in a €", whole_characters("€".encode()[:2]), 0, inputs={"data": [226, 130]})
    check.same("the number of whole bytes of two €", whole_characters("€€".encode()), 6, inputs={"data": [226, 130, 172, 226, 130, 172]})
    check.same("the number of whole bytes, cut in a 😀", whole_characters("a😀".encode()[:4]), 1, inputs={"data": [97, 240, 159, 152]}, look="Four bytes make this one.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the number of whole bytes of none", whole_characters(b""), 0)
    text = "x\u07ff\u0800\uffff\U00010000\U0010ffffé"
    data = text.encode()
    ends = [len(text[:k].encode()) for k in range(len(text) + 1)]
    expected = [max(end for end in ends if end <= cut) for cut in range(len(data) + 1)]
    check.same("the numbers of whole bytes at each cut", [whole_characters(data[:cut]) for cut in range(len(data) + 1)], expected)
    check.same("the number of whole bytes of a long text", whole_characters("ä".encode() * 1000 + b"\xf0\x9f"), 2000)
    ### END HIDDEN TESTS

# %% [markdown]
# So bytes cure the first fault, and make the second one worse. The same sentence (the first of the Universal Declaration of Human Rights) in four scripts:

# %% tags=["demo"]
sentences = {
    "English": "All human beings are born free and equal in dignity and rights.",
    "German": "Alle Menschen sind frei und gleich an Würde und Rechten geboren.",
    "Greek": "Όλοι οι άνθρωποι γεννιούνται ελεύθεροι και ίσοι στην αξιοπρέπεια και τα δικαιώματα.",
    "Chinese": "人人生而自由，在尊严和权利上一律平等。",
}
for language, sentence in sentences.items():
    print(f"{language:<8} {len(sentence):>3} characters, {len(sentence.encode()):>4} bytes")

# %% [markdown]
# ## Part 3 · A pair becomes one
#
# In English text *t* is often followed by *h*. If the pair *th* were a symbol of its own, the text would be shorter, and nothing would be lost: whoever meets the new symbol writes *th*. In 1994 Philip Gage compressed files this way, and called it **byte pair encoding**. In 2016 it became the usual way to cut words (Sennrich and others).

# %% [markdown]
# By hand, *aaabdaaabac*: the pair *aa* stands in four places (0, 1, 5 and 6; they overlap). Call it Z = 256, from the left: *ZabdZabac*. Eleven symbols have become nine. Now *ab* stands twice: *ZYdZYac*, seven.

# %% [markdown]
# ### 10.5 Counting pairs
#
# Each place counts where two ids stand side by side, also where places overlap.

# %% nbgrader={"grade": false, "grade_id": "10-05-pair-counts", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def pair_counts(ids):
    """How often each pair of neighbours occurs.

    Parameters
    ----------
    ids : list of int, or bytes

    Returns
    -------
    dict of tuple to int
        For each pair (left, right) that occurs, in how many places.
    """
    ### BEGIN SOLUTION 10.5 pair_counts: return the dictionary of counts
    return collections.Counter(zip(ids, ids[1:]))
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-05-pair-counts", "locked": true, "points": 6, "schema_version": 3, "solution": false, "task": false}
with Checks("10.5", "pair_counts") as check:
    check.given(ids=[7, 8, 7, 8, 9], look="(7, 8) twice, (8, 7) and (8, 9) once each.")
    check.same("the counts, sorted", sorted(pair_counts([7, 8, 7, 8, 9]).items()), [((7, 8), 2), ((8, 7), 1), ((8, 9), 1)])
    check.given(ids=[1, 1, 1, 1], look="Places 0, 1 and 2.")
    check.same("the counts, sorted", sorted(pair_counts([1, 1, 1, 1]).items()), [((1, 1), 3)])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the counts of a single id", sorted(pair_counts([5]).items()), [])
    check.same("the counts of no ids", sorted(pair_counts([]).items()), [])
    check.same("the counts of bytes", sorted(pair_counts(b"abab").items()), [((97, 98), 2), ((98, 97), 1)])
    check.same("the counts of large ids", sorted(pair_counts([300, 0, 300, 0]).items()), [((0, 300), 1), ((300, 0), 2)])
    ids = np.random.default_rng(3).integers(3, size=200).tolist()
    expected = sorted(((a, b), sum(ids[i : i + 2] == [a, b] for i in range(199))) for a in range(3) for b in range(3))
    check.same("the counts of 200 ids", sorted(pair_counts(ids).items()), expected)
    check.same("the type of what counts", isinstance(pair_counts([1, 2]), dict), True)
    ### END HIDDEN TESTS

# %% [markdown]
# ### 10.6 merge
#
# From left to right, and what was used once is used up: *aaa* becomes *Za*, not *aZ* and not *ZZ*.
#
# <details><summary>A nudge</summary>
#
# A `while` loop whose place moves on by two after a hit, and by one otherwise. What does it do at the last id?
# </details>

# %% nbgrader={"grade": false, "grade_id": "10-06-merge", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def merge(ids, pair, new):
    """The ids with `new` in place of each occurrence of `pair`, taken from the left without overlap.

    Parameters
    ----------
    ids : list of int, or bytes
        Stays as it is.
    pair : tuple of two int
    new : int

    Returns
    -------
    list of int
    """
    ### BEGIN SOLUTION 10.6 merge: return the list in which the pair is one id
    merged, place = [], 0
    while place < len(ids):
        if place + 1 < len(ids) and ids[place] == pair[0] and ids[place + 1] == pair[1]:
            merged.append(new)
            place += 2
        else:
            merged.append(ids[place])
            place += 1
    return merged
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-06-merge", "locked": true, "points": 8, "schema_version": 3, "solution": false, "task": false}
with Checks("10.6", "merge") as check:
    check.given(ids=[5, 6, 7, 5, 6], pair=(5, 6), new=256, look="Both places of the pair.")
    check.same("the merged list", merge([5, 6, 7, 5, 6], (5, 6), 256), [256, 7, 256])
    check.given(ids=[1, 1, 1], pair=(1, 1), new=256, look="From the left, and the middle one is used up.")
    check.same("the merged list", merge([1, 1, 1], (1, 1), 256), [256, 1])
    check.given(ids=[6, 5, 5], pair=(5, 6), new=256, look="The last id has no neighbour on its right.")
    check.same("the merged list", merge([6, 5, 5], (5, 6), 256), [6, 5, 5])
    check.given(ids="the bytes of abab", pair=(97, 98), new=256, look="bytes are a row of numbers, too; a slice of them is no list.")
    check.same("the merged list", merge(b"abab", (97, 98), 256), [256, 256])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    ids = [2, 2, 2, 2, 3, 2, 2]
    check.same("the merged list of a run of four", merge(ids, (2, 2), 9), [9, 9, 3, 9])
    check.unchanged("the given list", ids, [2, 2, 2, 2, 3, 2, 2])
    check.same("the merged list where the new id is in the pair", merge([4, 5, 5, 5], (4, 5), 4), [4, 5, 5])
    check.same("the merged list of bytes", merge(b"abcab", (97, 98), 300), [300, 99, 300])
    check.same("the merged list of no ids", merge([], (1, 2), 3), [])
    check.same("the merged list of one id", merge([1], (1, 2), 3), [1])
    check.same("the merged list of a pair in large ids", merge([1000, 2000, 1000, 2000], (1000, 2000), 3000), [3000, 3000])
    check.same("the merged list where left and right are exchanged", merge([8, 7, 8], (7, 8), 256), [8, 256])
    check.same("the merged list with the first id before the pair", merge([1, 1, 2], (1, 2), 5), [1, 5])
    ### END HIDDEN TESTS

# %% tags=["demo"]
ids = list(b"aaabdaaabac")
for new in range(256, 260):
    counts = pair_counts(ids)
    pair = min(counts, key=lambda pair: (-counts[pair], pair))
    print(f"{len(ids):>2} ids; the most frequent pair is {pair}, {counts[pair]} times:", ids)
    ids = merge(ids, pair, new)

# %% [markdown]
# ## Part 4 · Learning which pairs
#
# Merging across words would make symbols such as *of the* or *,\n*, and each word would be cut in another way in another place. So texts are first cut into **pieces**, words with the space before them, and pairs grow inside of pieces only. The pieces together are the text, character by character.

# %%
#| export
# A word, a number, or signs, each with the space before it; else white space, whose last space goes to the next piece.
PIECES = re.compile(r" ?[^\W\d_]+| ?\d+| ?(?:[^\w\s]|_)+|\s+(?!\S)|\s+")


def word_counts(texts):
    """How often each piece occurs in some texts: a Counter of bytes. The texts are a list of str."""
    counts = collections.Counter(piece for text in texts for piece in PIECES.findall(text))
    return collections.Counter({piece.encode(): count for piece, count in counts.items()})

# %% tags=["demo"]
print(PIECES.findall("Return the sum of a[2:10],\n    over_all axes. Ça va?"))
words = word_counts(load_docstrings())
print(f"{sum(words.values()):,} pieces, {len(words):,} different ones; the most frequent:", words.most_common(6))

# %% [markdown]
# That is the first saving: some 340,000 pieces, but only some 10,000 different ones. What *the* teaches need not be counted 8,000 times; it is counted once, with weight 8,000.
#
# By hand, with the words of the paper of 2016: *low* 5 times, *lower* 2, *newest* 6, *widest* 3. The pair *es* occurs 6 + 3 = 9 times, *st* as well, *lo* 7 times. Which one is first, *es* or *st*? The rule has to be the same everywhere: of equally frequent pairs the **smallest** one, and (101, 115) < (115, 116).

# %% [markdown]
# ### 10.7 Learning merges, slowly
#
# Count all pairs, each as often as its word occurs. Give the most frequent one the next id. Merge it in all words. Again. A pair that occurs only once buys nothing: then stop.
#
# <details><summary>A nudge</summary>
#
# `pair_counts` for each word, its counts times the word's, added up in one dictionary. The best pair: `min` with a key that puts frequent before rare, and then small before large.
# </details>

# %% nbgrader={"grade": false, "grade_id": "10-07-learn-slowly", "locked": false, "schema_version": 3, "solution": true, "task": false}
def learn_merges_slowly(words, count):
    """Which pairs become one, most frequent first.

    Parameters
    ----------
    words : dict of bytes to int
        How often each piece occurs. Stays as it is.
    count : int
        How many merges at most.

    Returns
    -------
    list of tuple of two int
        Merge k gives its pair the id 256 + k; later pairs may hold that id. Of equally frequent pairs the smallest comes
        first. The list is shorter than `count` where no pair occurs twice any more.
    """
    ### BEGIN SOLUTION 10.7 learn_merges_slowly: count all pairs anew for each merge
    parts, merges = {word: list(word) for word in words}, []
    while len(merges) < count:
        totals = collections.Counter()
        for word, ids in parts.items():
            for pair, times in pair_counts(ids).items():
                totals[pair] += times * words[word]
        best = min(totals, key=lambda pair: (-totals[pair], pair), default=None)
        if best is None or totals[best] < 2:
            break
        parts = {word: merge(ids, best, 256 + len(merges)) for word, ids in parts.items()}
        merges.append(best)
    return merges
    ### END SOLUTION

# %%
# Stand-ins, so that this test judges 10.7 only. Run this cell; nothing to do.
def known_counts(ids):
    return {(a, b): sum(p == (a, b) for p in zip(ids, ids[1:])) for a, b in zip(ids, ids[1:])}


def known_merge(ids, pair, new):
    left, right = map(chr, pair)
    return [ord(sign) for sign in "".join(map(chr, ids)).replace(left + right, chr(new))]


paper = {b"low": 5, b"lower": 2, b"newest": 6, b"widest": 3}
paper_merges = [(101, 115), (256, 116), (108, 111), (258, 119), (101, 119), (110, 260), (261, 257)]
basics = {"pair_counts": known_counts, "merge": known_merge}

# %% nbgrader={"grade": true, "grade_id": "test-10-07-learn-slowly", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("10.7", "learn_merges_slowly") as check, check.using(**basics):
    check.given(words="low 5, lower 2, newest 6, widest 3", count=1, look="es and st occur 9 times each. Which is smaller?")
    check.same("the merges", learn_merges_slowly(paper, 1), [(101, 115)])
    check.given(words="low 5, lower 2, newest 6, widest 3", count=7, look="es is 256 now; the next pair is (256, 116), est.")
    check.same("the merges", learn_merges_slowly(paper, 7), paper_merges)
    check.given(words="ab 1, cd 1", count=5, look="No pair occurs twice.")
    check.same("the merges", learn_merges_slowly({b"ab": 1, b"cd": 1}, 5), [])
    check.given(words="ab 2", count=5, look="After one merge there is no pair at all.")
    check.same("the merges", learn_merges_slowly({b"ab": 2}, 5), [(97, 98)])
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the merges of one word of one letter", learn_merges_slowly({b"aaaaaaaa": 1}, 9), [(97, 97), (256, 256)])
    check.same("the merges of no words", learn_merges_slowly({}, 3), [])
    check.same("the merges of words of one byte", learn_merges_slowly({b"a": 9, b"b": 9}, 3), [])
    check.same("no merges", learn_merges_slowly(paper, 0), [])
    check.unchanged("the words", paper, {b"low": 5, b"lower": 2, b"newest": 6, b"widest": 3})
    check.same("the merges where a tie is decided by the second id", learn_merges_slowly({b"xb": 3, b"xa": 3, b"xc": 3}, 9), [(120, 97), (120, 98), (120, 99)])
    check.same("the merges where one word is frequent", learn_merges_slowly({b"ab": 1, b"abc": 1, b"zz": 3}, 2), [(122, 122), (97, 98)])
    check.same("the merges of bytes above 127", learn_merges_slowly({"éé".encode(): 2}, 1), [(195, 169)])
    ### END HIDDEN TESTS

# %% [markdown]
# ## Part 5 · The same, without counting anew
#
# Each merge of 10.7 visits all words, though most of them do not hold the pair. How long would 2,000 merges of NumPy's descriptions take?

# %% tags=["demo"]
start = time.perf_counter()
first_merges = learn_merges_slowly(words, 6)
each = (time.perf_counter() - start) / 6
print(f"{each * 1e3:.0f} ms for each merge, so about {2000 * each / 60:.0f} minutes for 2,000")

# %% [markdown]
# And those are small texts. What changes when (*e*, *s*) becomes 256 in *newest*? The pairs *we*, *es* and *st* go, and (*w*, 256) and (256, *t*) come. Nothing else, in no other word. So keep all counts, and correct them.

# %% [markdown]
# ### 10.8 What a merge changes
#
# In a word such as *aaaa* the pairs overlap, and then it is easy to correct the counts wrongly. So do not think about neighbours: count the word's pairs before and after, and take the difference.

# %% nbgrader={"grade": false, "grade_id": "10-08-changes", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def merge_changes(ids, pair, new):
    """Merge a pair in one word, and say what that does to the counts of pairs.

    Parameters
    ----------
    ids : list of int
        Stays as it is.
    pair : tuple of two int
    new : int

    Returns
    -------
    tuple of a list of int and a dict of tuple to int
        The ids after the merge; and for each pair whose number in this word changes, by how much: below 0 if it
        became less. Pairs that stay as frequent as they were are not in it.
    """
    ### BEGIN SOLUTION 10.8 merge_changes: return the merged ids and the differences of the counts
    merged = merge(ids, pair, new)
    before, after = pair_counts(ids), pair_counts(merged)
    changes = {each: after.get(each, 0) - before.get(each, 0) for each in before | after}
    return merged, {each: change for each, change in changes.items() if change}
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-08-changes", "locked": true, "points": 9, "schema_version": 3, "solution": false, "task": false}
with Checks("10.8", "merge_changes") as check, check.using(**basics):
    check.given(ids=[1, 2, 3], pair=(2, 3), new=256, look="(1, 2) and (2, 3) go, (1, 256) comes.")
    merged, changes = merge_changes([1, 2, 3], (2, 3), 256)
    check.same("the merged list", merged, [1, 256])
    check.same("the changes, sorted", sorted(changes.items()), [((1, 2), -1), ((1, 256), 1), ((2, 3), -1)])
    check.given(ids=[5, 5, 5, 5], pair=(5, 5), new=256, look="Three places of (5, 5) go, one of (256, 256) comes.")
    merged, changes = merge_changes([5, 5, 5, 5], (5, 5), 256)
    check.same("the changes, sorted", sorted(changes.items()), [((5, 5), -3), ((256, 256), 1)])
    check.given(ids=[7, 8, 1, 2], pair=(1, 2), new=256, look="(7, 8) stays as it was: nothing is said of it.")
    check.same("the changes, sorted", sorted(merge_changes([7, 8, 1, 2], (1, 2), 256)[1].items()), [((1, 2), -1), ((8, 1), -1), ((8, 256), 1)])
    check.probe(lambda: sorted(merge_changes([2, 3, 1, 2, 3], (1, 2), 256)[1].items()))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    ids = [7, 8, 9, 7, 8]
    merged, changes = merge_changes(ids, (7, 8), 300)
    check.same("the merged list of five ids", merged, [300, 9, 300])
    check.same("the changes of five ids, sorted", sorted(changes.items()), [((7, 8), -2), ((8, 9), -1), ((9, 7), -1), ((9, 300), 1), ((300, 9), 1)])
    check.unchanged("the given list", ids, [7, 8, 9, 7, 8])
    merged, changes = merge_changes([5, 5, 5], (5, 5), 256)
    check.same("the changes of three alike, sorted", sorted(changes.items()), [((5, 5), -2), ((256, 5), 1)])
    check.same("what changes where the pair does not occur", tuple(map(list, merge_changes([1, 2, 4], (2, 1), 256))), ([1, 2, 4], []))
    merged, changes = merge_changes([1, 2, 3, 4, 3, 4], (1, 2), 256)
    check.same("the changes beside pairs that stay, sorted", sorted(changes.items()), [((1, 2), -1), ((2, 3), -1), ((256, 3), 1)])
    rng = np.random.default_rng(5)
    for _ in range(20):
        ids = rng.integers(2, size=12).tolist()
        merged, changes = merge_changes(ids, (0, 1), 2)
        counts = known_counts(ids)
        after = {each: counts.get(each, 0) + changes.get(each, 0) for each in {*counts, *changes}}
        check.same("the counts after the changes", {k: v for k, v in sorted(after.items()) if v}, dict(sorted(known_counts(known_merge(ids, (0, 1), 2)).items())))
    ### END HIDDEN TESTS

# %% [markdown]
# Two more questions have to be answered without visiting everything. *Which words hold the pair?* Keep a set of word numbers for each pair. *Which pair is the most frequent?* Looking through all pairs for each merge would be slow again. A **heap** gives its smallest entry quickly, so it holds (−count, pair): frequent first, then small pairs first.

# %%
heap = [(-7, (108, 111)), (-9, (115, 116)), (-9, (101, 115))]
heapq.heapify(heap)
heapq.heappush(heap, (-8, (119, 101)))
print([heapq.heappop(heap) for _ in range(4)])

# %% [markdown]
# A heap cannot correct an entry inside it. It need not: counts of old pairs only *fall*. So an entry that comes out is asked whether it is still true. If not, it goes back with the true count. Only pairs with the newest id are new, and they are put in once their merge is done.

# %% [markdown]
# ### 10.9 Learning merges, quickly
#
# Begin like this: for all words, add up `counts`, and note in `where` the numbers of the words that hold a pair. Then, for each merge, visit `where[pair]` only. A word may stand in `where` although the pair is gone from it: that costs a visit, no mistake.
#
# <details><summary>A nudge</summary>
#
# For each word in `where[pair]`: `merge_changes`, then for each change add change times the word's weight to `counts`; where a change is above 0, note the word.
# </details>

# %% nbgrader={"grade": false, "grade_id": "10-09-learn", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def learn_merges(words, count):
    """Which pairs become one, most frequent first: the result of 10.7, in time about linear in the text.

    Parameters
    ----------
    words : dict of bytes to int
        How often each piece occurs. Stays as it is.
    count : int
        How many merges at most.

    Returns
    -------
    list of tuple of two int
        Merge k gives its pair the id 256 + k. Of equally frequent pairs the smallest comes first. Pairs that occur once
        are not merged.
    """
    ### BEGIN SOLUTION 10.9 learn_merges: correct the counts instead of counting anew
    parts, weights = [list(word) for word in words], list(words.values())
    counts, where, merges = collections.Counter(), collections.defaultdict(set), []
    for k, ids in enumerate(parts):
        for pair, times in pair_counts(ids).items():
            counts[pair] += times * weights[k]
            where[pair].add(k)
    heap = [(-times, pair) for pair, times in counts.items()]
    heapq.heapify(heap)
    while heap and len(merges) < count:
        times, pair = heapq.heappop(heap)
        if -times != counts[pair]:
            heapq.heappush(heap, (-counts[pair], pair))
            continue
        if -times < 2:
            break
        new = 256 + len(merges)
        merges.append(pair)
        fresh = set()
        for k in where.pop(pair):
            parts[k], changes = merge_changes(parts[k], pair, new)
            for each, change in changes.items():
                counts[each] += change * weights[k]
                if change > 0:
                    where[each].add(k)
                    fresh.add(each)
        for each in fresh:
            heapq.heappush(heap, (-counts[each], each))
    return merges
    ### END SOLUTION

# %%
# More stand-ins, and a text for the tests. Run this cell; nothing to do.
def known_changes(ids, pair, new):
    merged = known_merge(ids, pair, new)
    before, after = known_counts(ids), known_counts(merged)
    changes = {each: after.get(each, 0) - before.get(each, 0) for each in {**before, **after}}
    return merged, {each: change for each, change in changes.items() if change}


def syllables(count, seed, letters=b"aeiodlnrst"):
    """Made-up words of pairs of letters, with how often they occur."""
    rng = np.random.default_rng(seed)
    made = (bytes(rng.choice(list(letters), size=rng.integers(2, 12)).tolist()) for _ in range(count))
    return {word: int(rng.integers(1, 50)) for word in made}

# %%
def known_merges(words, count):
    """What has to come out, by replacing signs in one long string. Run this cell; nothing to do."""
    parts, merges = ["".join(map(chr, word)) for word in words], []
    while len(merges) < count:
        totals = collections.Counter()
        for part, times in zip(parts, words.values()):
            for two in zip(part, part[1:]):
                totals[two] += times
        best = min(totals, key=lambda two: (-totals[two], two), default=None)
        if best is None or totals[best] < 2:
            break
        parts = [part.replace("".join(best), chr(256 + len(merges))) for part in parts]
        merges.append((ord(best[0]), ord(best[1])))
    return merges


def seconds_of(learn, words, count):
    """The processor time of one call."""
    start = time.process_time()
    learn(words, count)
    return time.process_time() - start

# %% nbgrader={"grade": true, "grade_id": "test-10-09-learn", "locked": true, "points": 13, "schema_version": 3, "solution": false, "task": false}
with Checks("10.9", "learn_merges") as check, check.using(**basics, merge_changes=known_changes):
    check.given(words="low 5, lower 2, newest 6, widest 3", count=7, look="The same merges as in 10.7.")
    check.same("the merges", learn_merges(paper, 7), paper_merges)
    check.given(words="aaaaaaaa 1", count=9, look="Pairs overlap here; 10.8 knows how the counts change.")
    check.same("the merges", learn_merges({b"aaaaaaaa": 1}, 9), [(97, 97), (256, 256)])
    many = syllables(200, 0)
    check.given(words="200 made-up ones", count=60, look="Is an entry from the heap still true? And of equals, the smallest?")
    check.same("the merges", learn_merges(many, 60), known_merges(many, 60))
    check.given(words="3,000 made-up ones", count=40, look="Does a merge visit words that do not hold its pair?")
    large = syllables(3000, 1, bytes(range(60, 100)))
    slow = seconds_of(known_merges, large, 10) * 4
    check.same("whether it is twice as fast as counting anew", 2 * seconds_of(learn_merges, large, 40) < slow, True)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the merges of no words", learn_merges({}, 3), [])
    check.same("no merges", learn_merges(paper, 0), [])
    check.same("the merges where no pair occurs twice", learn_merges({b"ab": 1, b"cd": 1, b"e": 9}, 5), [])
    check.unchanged("the words", paper, {b"low": 5, b"lower": 2, b"newest": 6, b"widest": 3})
    check.same("the merges of ties", learn_merges({b"xb": 3, b"xa": 3, b"xc": 3}, 9), [(120, 97), (120, 98), (120, 99)])
    for seed, letters in enumerate((b"ab", b"abc", b"aab", bytes([97, 200, 255]))):
        some = syllables(60, seed + 2, letters)
        check.same(f"the merges of words of {len(set(letters))} letters", learn_merges(some, 40), known_merges(some, 40))
    again = syllables(150, 9)
    check.same("all merges of 150 words", learn_merges(again, 10_000), known_merges(again, 10_000))
    ### END HIDDEN TESTS

# %% tags=["demo"]
start = time.perf_counter()
merges = learn_merges(words, 2000)
took = time.perf_counter() - start
assert merges[:6] == first_merges
print(f"{len(merges):,} merges in {took:.1f} s; the slow way needs {len(merges) * each / took:.0f} times as long")

# %% [markdown]
# Why *linear*? A word of n bytes can be merged at most n − 1 times in all, and nearly each time it is visited, some of its pairs are gone. So all visits together cost about as much as reading the words a few times. Twice the text, twice the time; and hardly more for twice the merges, because late pairs are rare. Measured:

# %% tags=["demo"]
shares, times = (1, 2, 4, 8), []
pieces = list(words)
for share in shares:
    part = {word: words[word] for word in pieces[:: 8 // share]}
    times.append([seconds_of(learn_merges, part, count) for count in (500, 1000)])
figure, axis = plt.subplots(figsize=(6, 2.8))
for column, (color, mark, label) in enumerate([(ORANGE, "s--", "500 merges"), (BLUE, "o-", "1,000 merges")]):
    axis.plot([len(pieces) * share / 8 for share in shares], [row[column] for row in times], mark, color=color, label=label)
axis.set(xlabel="different words", ylabel="seconds", ylim=(0, None))
axis.legend()
show(figure, "Time of learn_merges against the number of different words, from an eighth of them to all, for 500 and 1,000 merges. "
             "Both lines rise about straight, and the one for twice as many merges lies little above the other.")

# %% [markdown]
# ## Part 6 · A tokenizer
#
# The merges are the whole model. A new word is encoded by doing to it what training would have done: the pair that was learned first is merged first. Not the longest piece that fits! With the merges of the paper, *lowest* becomes *low* + *est*, though nobody had seen it.

# %% [markdown]
# ### 10.10 encode_piece
#
# By hand, *lowest* with `ids` of (101, 115): 256, (256, 116): 257, (108, 111): 258, (258, 119): 259. The smallest id among its neighbours is 256: l o w 256 t. Then 257: l o w 257. Then 258: 258 w 257. Then 259: 259 257.

# %% nbgrader={"grade": false, "grade_id": "10-10-encode-piece", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def encode_piece(data, ids):
    """The ids of one piece of a text.

    Parameters
    ----------
    data : bytes
    ids : dict of tuple to int
        The id of each learned pair, 256 and more, in the order in which they were learned.

    Returns
    -------
    list of int
        The bytes, merged: of all pairs of neighbours the one with the smallest id first, wherever it stands, until no
        pair of neighbours has an id.
    """
    ### BEGIN SOLUTION 10.10 encode_piece: merge the pair that was learned first until there is none
    parts = list(data)
    while True:
        known = [ids[pair] for pair in zip(parts, parts[1:]) if pair in ids]
        if not known:
            return parts
        first = min(known)
        pair = next(pair for pair in zip(parts, parts[1:]) if ids.get(pair) == first)
        parts = merge(parts, pair, first)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-10-encode-piece", "locked": true, "points": 10, "schema_version": 3, "solution": false, "task": false}
with Checks("10.10", "encode_piece") as check, check.using(**basics):
    paper_ids = {pair: 256 + k for k, pair in enumerate(paper_merges)}
    check.given(data="lowest", ids="those of the paper", look="The example by hand.")
    check.same("the ids of lowest", encode_piece(b"lowest", paper_ids), [259, 257])
    check.same("the ids of xyz, which has no pair", encode_piece(b"xyz", paper_ids), [120, 121, 122], inputs={"data": "xyz"})
    check.same("the ids of x, which has no neighbours", encode_piece(b"x", paper_ids), [120], inputs={"data": "x"})
    two = {(98, 99): 256, (97, 98): 257, (257, 99): 258}
    check.given(data="abc", ids=list(two.items()), look="(98, 99) was learned first, so 257 and 258 never come about.")
    check.same("the ids of abc", encode_piece(b"abc", two), [97, 256])
    pairs = {(97, 98): 256, (98, 99): 257}
    check.probe(lambda: encode_piece(b"abc", pairs))
    check.probe(lambda: encode_piece(b"abc", {**pairs, (97, 257): 258}))
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.same("the ids of no bytes", encode_piece(b"", paper_ids), [])
    check.same("the ids of one byte", encode_piece(b"e", paper_ids), [101])
    check.same("the ids of newestlownew", encode_piece(b"newestlownew", paper_ids), [262, 259, 261])
    check.same("the ids of a long run", encode_piece(b"aaaaaaa", {(97, 97): 256, (256, 256): 257}), [257, 256, 97])
    check.same("the ids where only a late pair is there", encode_piece(b"cab", two), [99, 257])
    check.unchanged("the table of ids", paper_ids, {pair: 256 + k for k, pair in enumerate(paper_merges)})
    some = syllables(100, 4)
    table = {pair: 256 + k for k, pair in enumerate(known_merges(some, 80))}
    for word in list(some)[:30]:
        expected = "".join(map(chr, word))
        for (a, b), new in table.items():
            expected = expected.replace(chr(a) + chr(b), chr(new))
        check.same(f"the ids of {word.decode()}", encode_piece(word, table), list(map(ord, expected)))
    ### END HIDDEN TESTS

# %% [markdown]
# The tokenizer is given, but for the way back. `encode` remembers the ids of the pieces that it has met, since most pieces of a text are old friends.
#
# **Special** ids stand for something that no text can say: here the end of a text. They have names, but `encode` does not look for these names. Otherwise anybody who types *<|end|>* could end the conversation, or begin one in another's name.

# %%
#| export
class BPETokenizer:
    """Text to ids and back: bytes, pairs of neighbours that were merged, and special ids that no text gives.

    Parameters
    ----------
    merges : list of tuple of two int
        As `learn_merges` returns them: merge k has the id 256 + k.
    special : sequence of str
        Names of further ids, for example ``["<|end|>"]``.

    Attributes
    ----------
    merges : list of tuple of two int
    ids : dict of tuple to int
        The id of each pair.
    pieces : list of bytes
        What each id stands for; for a special one its name.
    special : dict of str to int
    """

    def __init__(self, merges, special=()):
        self.merges = [(int(left), int(right)) for left, right in merges]
        self.ids = {pair: 256 + k for k, pair in enumerate(self.merges)}
        self.pieces = [bytes([byte]) for byte in range(256)]
        for left, right in self.merges:
            self.pieces.append(self.pieces[left] + self.pieces[right])
        self.special = {name: len(self.pieces) + k for k, name in enumerate(special)}
        self.pieces += [name.encode() for name in special]
        self._known = {}

    def __len__(self):
        return len(self.pieces)

# %%
#| exporti
@method_of(BPETokenizer)
@classmethod
def train(cls, texts, size, special=()):
    """A tokenizer with at most `size` ids, learned from a list of str."""
    if size < 256 + len(special):
        raise ValueError(f"{size} ids are too few: 256 bytes and {len(special)} special ones need {256 + len(special)}")
    return cls(learn_merges(word_counts(texts), size - 256 - len(special)), special)


@method_of(BPETokenizer)
def encode(self, text):
    """The ids of a text, a list of int. Never a special id, whatever the text says."""
    ids = []
    for piece in PIECES.findall(text):
        if piece not in self._known:
            self._known[piece] = encode_piece(piece.encode(), self.ids)
        ids += self._known[piece]
    return ids


# %% [markdown]
# ### 10.11 decode
#
# A single id may be half a character, so join bytes first and read characters afterwards. And a model can write anything, also bytes that are no UTF-8 at all: each such byte becomes � (`errors="replace"`), because a stopped program is worse than a strange sign.

# %% nbgrader={"grade": false, "grade_id": "10-11-decode", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| exporti
@method_of(BPETokenizer)
def decode(self, ids):
    """The text of some ids, a list or an array of integers. `self.pieces` has the bytes of each id.

    Bytes that are no UTF-8 become �. Raises IndexError for an id below 0, or not below len(self.pieces); its message holds it.
    """
    ### BEGIN SOLUTION 10.11 BPETokenizer.decode: return the text of the ids
    for number in ids:
        if not 0 <= number < len(self.pieces):
            raise IndexError(f"there is no id {number}: ids go from 0 to {len(self.pieces) - 1}")
    return b"".join(self.pieces[number] for number in ids).decode("utf-8", errors="replace")
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-11-decode", "locked": true, "points": 7, "schema_version": 3, "solution": false, "task": false}
with Checks("10.11", "BPETokenizer.decode") as check:
    single = [bytes([byte]) for byte in range(256)]
    known = bare(BPETokenizer, pieces=[*single, b"es", b"est", b"<|end|>"], special={"<|end|>": 258})
    check.given(pieces="256 bytes, es, est, <|end|>", ids=[98, 257, 33])
    check.same("the text", known.decode([98, 257, 33]), "best!")
    check.given(ids=[195, 169], look="Two ids, one character: join the bytes first.")
    check.same("the text", known.decode([195, 169]), "é")
    check.given(ids=[97, 195], look="Half a character at the end.")
    check.same("the text", known.decode([97, 195]), "a�")
    check.raises("an id that is too large", IndexError, lambda: known.decode([259]), mentions="259", inputs={"ids": [259]}, look="There are 259 ids, 0 to 258.")
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.raises("a negative id", IndexError, lambda: known.decode([97, -2]), mentions="-2")
    check.same("the text of no ids", known.decode([]), "")
    check.same("the text of an array of ids", known.decode(np.array([256, 258])), "es<|end|>")
    check.same("the text of bytes that are no characters", known.decode([255, 97, 128]), "�a�")
    check.same("the text of four bytes between others", known.decode([97, 240, 159, 152, 128, 256]), "a😀es")
    ### END HIDDEN TESTS

# %% tags=["demo"]
tokenizer = BPETokenizer(merges, special=["<|end|>"])
for text in ("Return the maximum of an array along a given axis.", "naïve 😀", "<|end|>"):
    ids = tokenizer.encode(text)
    print(len(text.encode()), "bytes,", len(ids), "ids:", [tokenizer.pieces[k].decode(errors="replace") for k in ids])
    assert tokenizer.decode(ids) == text
print("the special id is", tokenizer.special["<|end|>"], "of", len(tokenizer))

# %% [markdown]
# Round trips are exact, for signs that no text had as well. Now the longest pieces that it has learned: what NumPy's authors write most often.

# %% tags=["demo"]
words_learned = [piece for piece in tokenizer.pieces[256:-1] if piece.strip().isalpha()]
longest = sorted(words_learned, key=len, reverse=True)[:24]
print(" | ".join(piece.decode(errors="replace").strip() for piece in longest))

# %% [markdown]
# ## Part 7 · What a vocabulary costs and buys
#
# More merges, fewer ids for the same text. What are they worth? Each id has a row in the table of Module 11, and a score in the last layer, at each place. And a loss per id cannot be compared: guessing a whole word is harder than guessing a letter. Per **byte** it can.

# %% [markdown]
# ### 10.12 Bits per byte
#
# By hand: a model has a mean loss of 2.0794 = 3 ln 2 per id, that is 3 bits. A text of 400 bytes has 100 ids. So it takes 300 bits, 0.75 for each byte. Unpacked, a byte takes 8: the model is also a compressor, to less than a tenth.

# %% nbgrader={"grade": false, "grade_id": "10-12-bits-per-byte", "locked": false, "schema_version": 3, "solution": true, "task": false}
#| export
def bits_per_byte(loss, ids, size):
    """What a model needs for a byte of text.

    Parameters
    ----------
    loss : float
        The mean cross-entropy of an id, with the natural logarithm as in Module 04.
    ids : int
        How many ids the text has.
    size : int
        How many bytes it has.

    Returns
    -------
    float
    """
    ### BEGIN SOLUTION 10.12 bits_per_byte: return the bits for each byte
    return loss * ids / (math.log(2) * size)
    ### END SOLUTION

# %% nbgrader={"grade": true, "grade_id": "test-10-12-bits-per-byte", "locked": true, "points": 4, "schema_version": 3, "solution": false, "task": false}
with Checks("10.12", "bits_per_byte") as check:
    check.given(loss=2.0794415, ids=100, size=400, look="The example by hand.")
    check.equal("the bits for a byte", bits_per_byte(2.0794415, 100, 400), 0.75)
    check.given(loss=5.5451774, ids=50, size=50, look="ln 256 for each byte: the model guesses blindly.")
    check.equal("the bits for a byte", bits_per_byte(5.5451774, 50, 50), 8.0)
    ### BEGIN HIDDEN TESTS
    check.hidden()
    check.equal("the bits for a byte of a good model", bits_per_byte(1.0, 1, 3), 0.4808983)
    check.equal("the bits where there are more ids than bytes", bits_per_byte(0.6931472, 9, 3), 3.0)
    check.equal("the bits of a model that is always right", bits_per_byte(0.0, 7, 20), 0.0)
    ### END HIDDEN TESTS

# %% [markdown]
# Half of the texts teach the merges, the other half is measured. In a transformer of width 128: the table has *size* · 128 numbers, the scores of the whole text take *ids* · *size* · 128 multiplications, and attention over it is paid by *ids*².

# %% tags=["demo"]
texts = load_docstrings()
seen, unseen = texts[::2], word_counts(texts[1::2])
bytes_there = sum(len(word) * times for word, times in unseen.items())
half_merges = learn_merges(word_counts(seen), 3840)
sizes, counted = [256, 512, 1024, 2048, 4096], []
for size in sizes:
    table = {pair: 256 + k for k, pair in enumerate(half_merges[: size - 256])}
    counted.append(sum(len(encode_piece(word, table)) * times for word, times in unseen.items()))
for size, count in zip(sizes, counted):
    print(f"{size:>5} ids: {bytes_there / count:.2f} bytes an id, table {size * 128 * 4 / 1e6:5.2f} MB, scores {count * size * 128:.1e} multiplications")

# %% tags=["demo"]
figure, axes = plt.subplots(1, 2, figsize=(9.5, 2.9), layout="constrained")
axes[0].semilogx(sizes, [bytes_there / count for count in counted], "o-", color=BLUE)
axes[0].set(xlabel="size of the vocabulary", ylabel="bytes an id, unseen texts", ylim=(0, None))
for values, style, color, label in [
    ([(count / counted[0]) ** 2 for count in counted], "o-", BLUE, "attention: ids²"),
    ([count * size / (counted[0] * 256) for count, size in zip(counted, sizes)], "s--", ORANGE, "last layer: ids · size"),
]:
    axes[1].loglog(sizes, values, style, color=color, label=label)
axes[1].set(xlabel="size of the vocabulary", ylabel="cost, bytes alone = 1")
axes[1].legend(fontsize=8)
for axis in axes:
    axis.set_xticks(sizes, sizes)
    axis.minorticks_off()
show(figure, "Left, bytes an id against the size of the vocabulary from 256 to 4096: from 1 it rises quickly to about 2.5 at 1024 and then "
             "more and more slowly. Right, the cost of attention falls to about a tenth, while that of the last layer rises to about five times.")

# %% [markdown]
# The first thousand merges buy most. After that each doubling of the table buys less, and rows for pieces that hardly occur are hardly trained. So small models have small vocabularies: 1,024 would do here. GPT-2 has 50,257.

# %% tags=["demo"]
for language, sentence in sentences.items():
    count = len(tokenizer.encode(sentence))
    print(f"{language:<8} {len(sentence):>3} characters, {len(sentence.encode()):>4} bytes, {count:>4} ids")

# %% [markdown]
# ### 10.13 In your own words
#
# A service counts ids: 1,000 for a cent, and at most 4,096 in a question. Its tokenizer was trained mostly on English, like ours. A customer writes Greek. In three to six sentences: why does the same sentence cost several times as much, for what two reasons, what else does the customer lose, and what would help?

# %% [markdown] nbgrader={"grade": true, "grade_id": "text-10-13-price", "locked": false, "points": 4, "schema_version": 3, "solution": true, "task": false}
# A Greek letter takes two bytes in UTF-8 where an English one takes one. And the merges were learned from English text, so hardly any Greek pair was frequent enough: the Greek sentence stays in bytes, while the English one becomes words. So the customer pays several times as much, and a question of 4,096 ids holds only a part of the text; the model also has more steps to compute, and has to learn each word from many pieces. Train the tokenizer on texts in which the languages of the customers have their share (or count characters or bytes for the price).
#
# === BEGIN MARK SCHEME ===
# 1 point: more bytes for each letter in UTF-8.
# 1 point: few merges for pairs that were rare in the training text, so it stays in bytes.
# 1 point: less text fits, or it takes longer, or the model has more to put together.
# 1 point: training texts in which the language has its share (or another unit for the price, larger vocabulary with it).
# === END MARK SCHEME ===

# %% [markdown]
# ### What others do the same, and what otherwise
#
# | | here | others |
# |---|---|---|
# | bytes, pairs, the smallest id first | the same | GPT-2 and later (`tiktoken`), `tokenizers` in its byte-level form |
# | pieces | words with the space before them | the same idea; each model has its own expression |
# | ties | the smallest pair | the same in `tokenizers` |
# | special ids | never from a text | an option, and a source of attacks where it is on |
# | languages without spaces | a whole clause is one piece | SentencePiece treats the space as a letter |

# %% [markdown]
# **Export.** Run all cells once more from the top. Then, in a terminal in the course folder:
#
# - `tinytorch check 10_tokenization` says where you stand, exercise by exercise;
# - `tinytorch export 10_tokenization` writes `tinytorch/core/tokenization.py`. In Module 11 each id gets a row of numbers.
