"""Compares the smallest and the largest one.

right: 11-03-check-ids
"""
#| export
def check_ids(ids, count):
    if isinstance(ids, Tensor):
        ids = ids.data
    ids = np.asarray(ids)
    if not np.issubdtype(ids.dtype, np.integer):
        raise TypeError(f"{ids.dtype} cannot be a row number")
    for worst in (int(ids.min()), int(ids.max())) if ids.size else ():
        if not 0 <= worst < count:
            raise IndexError(f"row {worst} of {count}")
    return ids
