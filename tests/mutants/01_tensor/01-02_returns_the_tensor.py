"""Gives the Tensor back instead of its array.

breaks: 01-02-operand
"""
#| exporti
def operand(value):
    if isinstance(value, Tensor):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (int, float, np.ndarray)):
        return value
    if isinstance(value, (list, tuple)):
        return as_array(value)
    return NotImplemented
