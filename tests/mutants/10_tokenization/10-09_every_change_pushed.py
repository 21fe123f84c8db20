"""Pushes each change at once, and drops entries that are no longer true.

right: 10-09-learn
"""
#| export
def learn_merges(words, count):
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
        if -times != counts[pair] or not counts[pair]:
            continue
        if -times < 2:
            break
        new = 256 + len(merges)
        merges.append(pair)
        changed = set()
        for k in sorted(where[pair]):
            parts[k], changes = merge_changes(parts[k], pair, new)
            for each, change in changes.items():
                counts[each] += change * weights[k]
                where[each].add(k)
                changed.add(each)
        for each in changed:
            if counts[each] > 0:
                heapq.heappush(heap, (-counts[each], each))
    return merges
