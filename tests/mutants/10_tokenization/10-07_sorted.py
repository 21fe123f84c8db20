"""Sorts all pairs, and stops by the length of the list.

right: 10-07-learn-slowly
"""
def learn_merges_slowly(words, count):
    parts = [(list(word), times) for word, times in words.items()]
    merges = []
    for new in range(256, 256 + count):
        totals = {}
        for ids, times in parts:
            for pair in zip(ids, ids[1:]):
                totals[pair] = totals.get(pair, 0) + times
        ranked = sorted((-total, pair) for pair, total in totals.items() if total > 1)
        if not ranked:
            return merges
        merges.append(ranked[0][1])
        parts = [(merge(ids, ranked[0][1], new), times) for ids, times in parts]
    return merges
