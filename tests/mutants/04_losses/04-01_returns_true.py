"""Returns True for a good pair, as if somebody asked.

breaks: 04-01-check-pair
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
    if pred.dtype.kind != "f":
        raise TypeError(f"not {pred.dtype}")
    if pred.shape != target.shape:
        raise ValueError(f"{pred.shape} and {target.shape} do not match")
    return True
