"""Takes the largest of equally frequent pairs.

breaks: 10-09-learn
"""
#| export
def learn_merges(words, count):
    parts, weights = [list(word) for word in words], list(words.values())
    counts, where, merges = collections.Counter(), collections.defaultdict(set), []
    for k, ids in enumerate(parts):
        for pair, times in pair_counts(ids).items():
            counts[pair] += times * weights[k]
            where[pair].add(k)
    while len(merges) < count and counts:
        pair = max(counts, key=lambda each: (counts[each], each))
        if counts[pair] < 2:
            return merges
        new = 256 + len(merges)
        merges.append(pair)
        for k in where.pop(pair):
            parts[k], changes = merge_changes(parts[k], pair, new)
            for each, change in changes.items():
                counts[each] += change * weights[k]
                if change > 0:
                    where[each].add(k)
    return merges
