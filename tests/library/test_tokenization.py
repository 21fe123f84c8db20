"""Tokenizers: exact round trips, merges that agree with slow counting and with a well-known library, and linear time."""

import collections
import itertools
import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tinytorch import BPETokenizer, CharTokenizer, bits_per_byte, load_docstrings
from tinytorch.core.tokenization import (
    PIECES,
    encode_piece,
    learn_merges,
    merge,
    merge_changes,
    pair_counts,
    whole_characters,
    word_counts,
)

texts = st.text(st.characters(exclude_categories=["Cs"]), max_size=60)
few = st.lists(st.integers(0, 2), max_size=30)


@pytest.fixture(scope="module")
def tokenizer():
    return BPETokenizer.train(load_docstrings()[:150], 600, special=["<|end|>", "<|pad|>"])


def counted_anew(words, count):
    """The merges of `learn_merges`, by counting everything for each of them."""
    parts, merges = {word: list(word) for word in words}, []
    while len(merges) < count:
        totals = collections.Counter()
        for word, ids in parts.items():
            for pair in itertools.pairwise(ids):
                totals[pair] += words[word]
        best = min(totals, key=lambda pair: (-totals[pair], pair), default=None)
        if best is None or totals[best] < 2:
            break
        parts = {word: merge(ids, best, 256 + len(merges)) for word, ids in parts.items()}
        merges.append(best)
    return merges


@given(texts)
def test_pieces_together_are_the_text(text):
    assert "".join(PIECES.findall(text)) == text


@given(texts)
def test_every_text_comes_back(tokenizer, text):
    ids = tokenizer.encode(text)
    assert tokenizer.decode(ids) == text
    assert all(0 <= k < 598 for k in ids), "never a special id"
    characters = CharTokenizer(text)
    assert characters.decode(characters.encode(text)) == text


def test_texts_that_name_special_ids_do_not_become_them(tokenizer):
    assert tokenizer.special == {"<|end|>": 598, "<|pad|>": 599} and len(tokenizer) == 600
    ids = tokenizer.encode("a<|end|>b<|pad|>")
    assert max(ids) < 598 and tokenizer.decode(ids) == "a<|end|>b<|pad|>"
    assert tokenizer.decode([598]) == "<|end|>"


@given(st.lists(st.integers(0, 599), max_size=40))
def test_any_ids_are_some_text(tokenizer, ids):
    assert isinstance(tokenizer.decode(ids), str)


@pytest.mark.parametrize("bad", [-1, 600, 10**9])
def test_an_id_that_is_not_there_is_named(tokenizer, bad):
    with pytest.raises(IndexError, match=rf"(?<!\d){bad}\b"):
        tokenizer.decode([65, bad])


def test_a_character_without_an_id_is_named_with_its_place():
    with pytest.raises(ValueError, match="'c' at place 2"):
        CharTokenizer("ab").encode("abc")


@given(texts, st.integers(0, 300))
def test_what_is_cut_anywhere_is_read_up_to_the_last_whole_character(text, cut):
    data = text.encode()[:cut]
    whole = whole_characters(data)
    assert text.startswith(data[:whole].decode()) and len(data) - whole < 4
    assert data[:whole].decode() == data.decode(errors="ignore")


@given(few, st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_a_merge_is_the_replacement_of_a_string(ids, pair):
    signs = "".join(map(chr, ids))
    assert merge(ids, pair, 9) == [ord(sign) for sign in signs.replace(chr(pair[0]) + chr(pair[1]), chr(9))]


@given(few, st.tuples(st.integers(0, 2), st.integers(0, 2)))
def test_changes_lead_from_the_counts_before_to_those_after(ids, pair):
    merged, changes = merge_changes(ids, pair, 9)
    counts = collections.Counter(pair_counts(ids))
    counts.update(changes)
    assert +counts == collections.Counter(pair_counts(merged)) and 0 not in changes.values()


@given(st.dictionaries(st.binary(max_size=9), st.integers(1, 9), max_size=20), st.integers(0, 30))
@settings(max_examples=60)
def test_quick_learning_gives_the_merges_of_slow_learning(words, count):
    assert learn_merges(words, count) == counted_anew(words, count)


@given(st.dictionaries(st.text("ab", max_size=14).map(str.encode), st.integers(1, 9), max_size=12))
@settings(max_examples=60)
def test_quick_learning_is_right_where_pairs_overlap(words):
    assert learn_merges(words, 40) == counted_anew(words, 40)


@given(texts)
def test_encoding_repeats_the_merges_in_order(tokenizer, text):
    data = text.encode()
    ids = list(data)
    for pair, new in tokenizer.ids.items():
        ids = merge(ids, pair, new)
    assert encode_piece(data, tokenizer.ids) == ids


def test_a_larger_vocabulary_begins_with_the_merges_of_a_smaller_one():
    words = word_counts(load_docstrings()[:60])
    assert learn_merges(words, 200)[:80] == learn_merges(words, 80)


def test_a_vocabulary_has_room_for_all_bytes():
    with pytest.raises(ValueError, match="256 bytes and 1 special"):
        BPETokenizer.train(["a"], 256, special=["<|end|>"])
    assert len(BPETokenizer.train(["ab ab"], 1000)) < 1000, "no more merges than there are pairs that occur twice"


def test_time_grows_like_the_text():
    def seconds(words):
        start = time.process_time()
        learn_merges(words, 300)
        return time.process_time() - start

    words = list(word_counts(load_docstrings()).items())
    small, large = dict(words[::8]), dict(words)
    assert min(seconds(large) for _ in range(2)) < 24 * max(seconds(small) for _ in range(3)), "8 times as many words"


def test_bits_of_a_blind_guess_are_eight():
    assert bits_per_byte(5.545177444479562, 123, 123) == pytest.approx(8)
    assert bits_per_byte(5.545177444479562, 123, 246) == pytest.approx(4)


def test_the_merges_are_those_of_a_well_known_library():
    tokenizers = pytest.importorskip("tokenizers")
    words = word_counts(load_docstrings())
    ours = learn_merges(words, 1000)
    theirs = tokenizers.Tokenizer(tokenizers.models.BPE())
    every_byte = [chr(k) for k in range(256)]
    trainer = tokenizers.trainers.BpeTrainer(
        vocab_size=1256, min_frequency=2, initial_alphabet=every_byte, show_progress=False
    )
    theirs.train_from_iterator((word.decode("latin-1") for word in words.elements()), trainer)
    model = json.loads(theirs.to_str())["model"]
    assert ours == [(model["vocab"][left], model["vocab"][right]) for left, right in model["merges"]]
    table = BPETokenizer(ours).ids
    for word in list(words)[:2000]:
        assert encode_piece(word, table) == theirs.encode(word.decode("latin-1")).ids
