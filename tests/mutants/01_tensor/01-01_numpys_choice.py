"""Leaves the dtype of plain Python numbers to NumPy: float64 and int64.

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
    return array
