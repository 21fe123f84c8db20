"""Turns floats into integers.

breaks: 11-03-check-ids
"""
#| export
def check_ids(ids, count):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype == bool:
        raise TypeError("ids have to be integers, not bool")
    ids = ids.astype(int)
    outside = ids[(ids < 0) | (ids >= count)]
    if outside.size:
        raise IndexError(f"there is no row {outside[0]} of {count}")
    return ids
