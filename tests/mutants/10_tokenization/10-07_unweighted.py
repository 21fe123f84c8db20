"""Counts each word once.

breaks: 10-07-learn-slowly
"""
def learn_merges_slowly(words, count):
    parts, merges = {word: list(word) for word in words}, []
    while len(merges) < count:
        totals = collections.Counter()
        for ids in parts.values():
            totals.update(pair_counts(ids))
        best = min(totals, key=lambda pair: (-totals[pair], pair), default=None)
        if best is None or totals[best] < 2:
            break
        parts = {word: merge(ids, best, 256 + len(merges)) for word, ids in parts.items()}
        merges.append(best)
    return merges
