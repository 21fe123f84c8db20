"""Does not think of words without pairs.

breaks: 10-07-learn-slowly
"""
def learn_merges_slowly(words, count):
    parts, merges = {word: list(word) for word in words}, []
    while len(merges) < count:
        totals = collections.Counter()
        for word, ids in parts.items():
            for pair, times in pair_counts(ids).items():
                totals[pair] += times * words[word]
        best = min(totals, key=lambda pair: (-totals[pair], pair))
        if totals[best] < 2:
            break
        parts = {word: merge(ids, best, 256 + len(merges)) for word, ids in parts.items()}
        merges.append(best)
    return merges
