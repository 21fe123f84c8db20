"""Multiplies by the inverse temperature, and calls forward.

right: 02-10-temperature
"""
def at_temperature(logits, temperature):
    """The softmax of the logits at a temperature, along the last axis.

    Parameters
    ----------
    logits : Tensor with at least one axis
    temperature : float
        Above 0. 1 changes nothing, less sharpens, more flattens.

    Returns
    -------
    Tensor of the shape of `logits`

    Raises
    ------
    ValueError
        If the temperature is not above 0.
    """
    if not temperature > 0:
        raise ValueError(f"{temperature} is not a temperature")
    inverse = 1 / temperature
    return Softmax(dim=logits.ndim - 1).forward(Tensor(logits.data * inverse))
