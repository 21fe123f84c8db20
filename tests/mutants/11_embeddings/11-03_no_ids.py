"""Asks for the smallest of no ids.

breaks: 11-03-check-ids
hidden: yes
"""
#| export
def check_ids(ids, count):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.dtype.kind not in "iu":
        raise TypeError(f"ids have to be integers, not {ids.dtype}")
    if ids.min() < 0 or ids.max() >= count:
        raise IndexError(f"there is no row {ids.min() if ids.min() < 0 else ids.max()} of {count}")
    return ids
