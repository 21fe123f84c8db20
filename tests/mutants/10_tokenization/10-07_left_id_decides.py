"""Looks at the left id only where pairs are equally frequent.

breaks: 10-07-learn-slowly
hidden: yes
"""
def learn_merges_slowly(words, count):
    parts, merges = {word: list(word) for word in words}, []
    while len(merges) < count:
        totals = collections.Counter()
        for word, ids in parts.items():
            for pair, times in pair_counts(ids).items():
                totals[pair] += times * words[word]
        best = min(totals, key=lambda pair: (-totals[pair], pair[0]), default=None)
        if best is None or totals[best] < 2:
            break
        parts = {word: merge(ids, best, 256 + len(merges)) for word, ids in parts.items()}
        merges.append(best)
    return merges
