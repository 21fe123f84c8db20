"""Looks at the ids one by one.

right: 11-03-check-ids
"""
#| export
def check_ids(ids, count):
    array = np.array(ids.data) if isinstance(ids, Tensor) else np.array(ids)
    if not np.issubdtype(array.dtype, np.integer):
        raise TypeError("integers, please, not " + str(array.dtype))
    for id in array.flat:
        if id < 0 or id >= count:
            raise IndexError(f"{id} is not in range({count})")
    return array
