"""Corrects the counts, but visits all words for it.

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
        for k in range(len(parts)):
            parts[k], changes = merge_changes(parts[k], pair, new)
            for each, change in changes.items():
                counts[each] += change * weights[k]
                if change > 0:
                    fresh.add(each)
        for each in fresh:
            heapq.heappush(heap, (-counts[each], each))
    return merges
