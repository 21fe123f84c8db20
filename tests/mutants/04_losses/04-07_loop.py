"""Unpacks the shape, and goes through the classes one by one.

right: 04-07-check-classes
"""
#| exporti
def check_classes(logits: Tensor, target: Tensor) -> np.ndarray:
    """The classes in `target` as an array, after refusing what no classifier can mean.

    Parameters
    ----------
    logits : Tensor of shape (N, C), floating-point
    target : Tensor of shape (N,), integers from 0 to C - 1

    Raises
    ------
    TypeError
        If the logits are not floating-point or the classes no integers.
    ValueError
        If the shapes are others (the message names both), or a class is below 0 or above C - 1.
    """
    array, values = logits.data, target.data
    if not np.issubdtype(array.dtype, np.floating) or not np.issubdtype(values.dtype, np.integer):
        raise TypeError(f"logits {array.dtype}, classes {values.dtype}")
    shapes = f"logits {array.shape}, classes {values.shape}"
    try:
        rows, columns = array.shape
    except ValueError:
        raise ValueError(shapes) from None
    if values.ndim != 1 or len(values) != rows:
        raise ValueError(shapes)
    for number in values:
        if number not in range(columns):
            raise ValueError(f"there is no class {number}")
    return values.copy()
