"""Takes the id 0 for no id.

breaks: 10-05-pair-counts
hidden: yes
"""
#| export
def pair_counts(ids):
    return collections.Counter((a, b) for a, b in zip(ids, ids[1:]) if a and b)
