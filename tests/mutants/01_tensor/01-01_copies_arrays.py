"""Copies an array instead of giving it back.

breaks: 01-01-as-array
"""
#| export
def as_array(data):
    if isinstance(data, Tensor):
        return data.data
    made_by_numpy = isinstance(data, (np.ndarray, np.generic))
    try:
        array = np.array(data)
    except ValueError:
        raise ValueError("ragged") from None
    if array.dtype.kind not in "fiub":
        raise TypeError("not numbers")
    return array if made_by_numpy else array.astype(np.float32)
