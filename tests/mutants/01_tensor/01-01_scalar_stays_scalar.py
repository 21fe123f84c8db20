"""Gives a NumPy scalar back as it is, which is not an array.

breaks: 01-01-as-array
hidden: yes
"""
#| export
def as_array(data):
    if isinstance(data, Tensor):
        return data.data
    if isinstance(data, (np.ndarray, np.generic)):
        return data
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError("ragged") from None
    if array.dtype.kind not in "fiub":
        raise TypeError("not numbers")
    return array.astype(np.float32)
