"""Raises a ValueError for an id that is not there.

breaks: 11-03-check-ids
"""
#| export
def check_ids(ids, count):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids have to be integers, not {ids.dtype}")
    outside = ids[(ids < 0) | (ids >= count)]
    if outside.size:
        raise ValueError(f"there is no row {outside[0]} of {count}")
    return ids
