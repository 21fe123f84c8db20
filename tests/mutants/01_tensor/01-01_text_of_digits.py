"""Lets NumPy parse text: ["1", "2"] becomes numbers.

breaks: 01-01-as-array
hidden: yes
"""
#| export
def as_array(data):
    if isinstance(data, Tensor):
        return data.data
    if isinstance(data, (np.ndarray, np.generic)):
        return np.asarray(data)
    try:
        return np.array(data, dtype=np.float32)
    except ValueError as error:
        if "inhomogeneous" in str(error):
            raise
        raise TypeError("not numbers") from None
