"""Has no answer for a Tensor.

breaks: 01-01-as-array
hidden: yes
"""
#| export
def as_array(data):
    made_by_numpy = isinstance(data, (np.ndarray, np.generic))
    try:
        array = np.asarray(data)
    except ValueError:
        raise ValueError("ragged") from None
    if array.dtype.kind not in "fiub":
        raise TypeError("not numbers")
    return array if made_by_numpy else array.astype(np.float32)
