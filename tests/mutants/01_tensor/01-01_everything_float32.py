"""Converts every array to float32, those that somebody chose to be float64 or integers too.

breaks: 01-01-as-array
"""
#| export
def as_array(data):
    if isinstance(data, Tensor):
        return data.data
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError("ragged") from None
    if array.dtype.kind not in "fiub":
        raise TypeError("not numbers")
    return array.astype(np.float32)
