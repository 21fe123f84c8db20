"""Counts the largest layer only, as if the others were given back.

breaks: 06-23-saved-bytes
"""
def saved_bytes(batch, widths):
    """The bytes of all inputs of the Linear layers in Linear, ReLU, Linear, …, Linear, in float32.

    Parameters
    ----------
    batch : int
        The number of rows.
    widths : list of int
        The sizes from the input of the first Linear to the output of the last one.

    Returns
    -------
    int
        The bytes of the arrays that the rules read on the way back, apart from the weights.
    """
    return 4 * batch * max(widths[:-1])
