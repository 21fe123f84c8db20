"""Counts once, and takes the most frequent pairs.

breaks: 10-07-learn-slowly
"""
def learn_merges_slowly(words, count):
    totals = collections.Counter()
    for word, times in words.items():
        for pair, there in pair_counts(list(word)).items():
            totals[pair] += there * times
    ranked = sorted(totals, key=lambda pair: (-totals[pair], pair))
    return [pair for pair in ranked if totals[pair] > 1][:count]
