"""Competes along the first axis.

breaks: 02-10-temperature
hidden: yes
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
        raise ValueError("the temperature should be above 0")
    return Softmax(dim=0)(logits / temperature)
