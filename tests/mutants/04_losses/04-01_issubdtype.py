"""Asks NumPy about the dtype, and compares axis by axis.

right: 04-01-check-pair
"""
#| exporti
def check_pair(pred: Tensor, target: Tensor) -> None:
    """Refuse predictions that are not floating-point, and targets of another shape.

    Raises
    ------
    TypeError
        If the predictions are integers or truth values; the message names their dtype.
    ValueError
        If the shapes differ, even where they would broadcast; the message names both.
    """
    if not np.issubdtype(pred.data.dtype, np.floating):
        raise TypeError("floating-point predictions wanted, these are " + str(pred.data.dtype))
    same = pred.data.ndim == target.data.ndim and all(a == b for a, b in zip(pred.data.shape, target.data.shape))
    if not same:
        raise ValueError("shapes " + str(pred.data.shape) + " and " + str(target.data.shape))
