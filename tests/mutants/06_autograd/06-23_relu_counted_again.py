"""Counts the results of ReLU and the inputs of the next layer, which are the same arrays.

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
    inputs = sum(widths[:-1])
    relus = sum(widths[1:-1])
    return batch * (inputs + relus) * 4
