"""Moves ids into the table instead of refusing them.

breaks: 11-03-check-ids
"""
#| export
def check_ids(ids, count):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids have to be integers, not {ids.dtype}")
    return np.clip(ids, 0, count - 1)
