"""Goes through the kinds of input one by one and checks the dtype with np.issubdtype.

right: 01-01-as-array
"""
#| export
def as_array(data):
    if hasattr(data, "requires_grad"):
        return data.data
    if isinstance(data, (int, float)) and not isinstance(data, np.generic):
        return np.array(data, dtype=np.float32)
    try:
        result = np.array(data, copy=None)
    except ValueError as error:
        raise ValueError(f"ragged: {error}")
    if not (np.issubdtype(result.dtype, np.floating) or np.issubdtype(result.dtype, np.integer) or result.dtype == bool):
        raise TypeError("only numbers")
    if isinstance(data, (list, tuple)):
        result = np.array(result, dtype="float32")
    return result
