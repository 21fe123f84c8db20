"""Knows one kind of integer.

breaks: 11-03-check-ids
hidden: yes
"""
#| export
def check_ids(ids, count):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype != np.int64:
        raise TypeError(f"ids have to be integers, not {ids.dtype}")
    outside = ids[(ids < 0) | (ids >= count)]
    if outside.size:
        raise IndexError(f"there is no row {outside[0]} of {count}")
    return ids
