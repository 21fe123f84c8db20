"""Checks everything and returns nothing.

breaks: 04-07-check-classes
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
    classes = target.data
    if logits.dtype.kind != "f" or classes.dtype.kind not in "iu":
        raise TypeError("dtype")
    if logits.ndim != 2 or classes.shape != logits.shape[:1]:
        raise ValueError(f"{logits.shape} {classes.shape}")
    if np.any((classes < 0) | (classes >= logits.shape[1])):
        raise ValueError("range")
