"""One error for everything that NumPy does not like.

breaks: 01-01-as-array
"""
#| export
def as_array(data):
    if isinstance(data, Tensor):
        return data.data
    made_by_numpy = isinstance(data, (np.ndarray, np.generic))
    try:
        array = np.asarray(data)
        assert array.dtype.kind in "fiub"
    except Exception:
        raise TypeError("not numbers")
    return array if made_by_numpy else array.astype(np.float32)
