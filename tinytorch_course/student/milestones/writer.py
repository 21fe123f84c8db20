"""A GPT that writes documentation: some minutes of reading NumPy's descriptions, then descriptions of functions that do not exist.

Shannon let people guess the next letter of a text in 1951, and counted bits. Radford and others (2018) let a transformer
guess the next piece of a word, and it began to write.
"""

import re

import numpy as np

from tinytorch import (
    GPT,
    AdamW,
    BPETokenizer,
    CosineSchedule,
    DataLoader,
    Tensor,
    TensorDataset,
    Trainer,
    bits_per_byte,
    generate,
    generate_cached,
    load_docstrings,
    manual_seed,
    next_token_loss,
    next_token_pairs,
    no_grad,
)

MEANING = (
    "All it was ever asked is what comes next. To guess that well it had to learn the words, the headings and the order of a "
    "description, and who can guess can write."
)
IDS, LENGTH, STEPS = 512, 64, 600


def texts():
    """The descriptions without their examples: those to learn from, and every tenth, which is held out."""
    whole = [text.split("\nExamples\n")[0] for text in load_docstrings()]
    order = np.random.default_rng(0).permutation(len(whole))
    held_out = set(order[::10])
    return [whole[k] for k in order if k not in held_out], [whole[k] for k in order[::10]]


def ids_of(tokenizer, some):
    """All ids of these texts in one row; the last id of the vocabulary ends each."""
    return [number for text in some for number in (*tokenizer.encode(text), IDS - 1)]


def loss_on(model, ids):
    """The mean loss on the first windows of a row of ids."""
    inputs, targets = next_token_pairs(ids, LENGTH)
    with no_grad():
        return next_token_loss(model(inputs[:200]), targets[:200]).item()


def learn(story, model, ids):
    """Train the model on windows of the row of ids."""
    loader = DataLoader(TensorDataset(*map(Tensor, next_token_pairs(ids, LENGTH))), 16, shuffle=True, seed=0)
    optimizer = AdamW(model.parameters(), lr=0.008, betas=(0.9, 0.99))
    schedule = CosineSchedule(optimizer, STEPS, warmup_steps=50)
    trainer = Trainer(model, next_token_loss, optimizer, schedule, max_norm=1.0)
    batches = iter(())
    for _ in story.steps(STEPS, "reading"):
        batch = next(batches, None)
        if batch is None:  # all windows were read: begin again
            batches = iter(loader)
            batch = next(batches)
        trainer.train_batch(*batch)


def words(text):
    """The words of a text with four letters or more."""
    return re.findall(r"[a-z]{4,}", text.lower())


def tell(story):
    shown, held_out = texts()
    tokenizer = BPETokenizer.train(shown, IDS, special=["<|end|>"])
    unseen, size = ids_of(tokenizer, held_out), sum(len(text.encode()) for text in held_out)

    manual_seed(0)
    model = GPT(IDS, 64, 2, 4, LENGTH)
    before = bits_per_byte(loss_on(model, unseen), len(unseen), size)
    learn(story, model, ids_of(tokenizer, shown))
    after = bits_per_byte(loss_on(model, unseen), len(unseen), size)
    story.require("bits for a byte of unseen texts, before", f"{before:.2f}", "above 4", before > 4)
    story.require("bits for a byte of unseen texts, after", f"{after:.2f}", "below 2.4", after < 2.4)

    written = tokenizer.decode(generate(model, [IDS - 1], 600, temperature=0.8, top_k=20)[1:])
    known = set(words(" ".join(shown)))
    share = np.mean([word in known for word in words(written)])
    story.require("words that it wrote and that there are", f"{share:.0%}", "above 45 %", share > 0.45)
    short = [generate_cached(model, [IDS - 1], LENGTH - 1, seed=seed) for seed in range(3)]
    same = short == [generate(model, [IDS - 1], LENGTH - 1, seed=seed) for seed in range(3)]
    story.require("the same texts with a cache", "yes" if same else "no", "yes", same)
    print("It wrote:", *written[:500].splitlines(), "", sep="\n    ")
