"""Refuses floats only, so a mask gets through.

breaks: 11-03-check-ids
"""
#| export
def check_ids(ids, count):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype.kind == "f":
        raise TypeError(f"ids have to be integers, not {ids.dtype}")
    outside = ids[(ids < 0) | (ids >= count)]
    if outside.size:
        raise IndexError(f"there is no row {outside[0]} of {count}")
    return ids
