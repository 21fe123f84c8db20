"""Overlooks that np.float64 is a kind of float, so that it promotes float32.

breaks: 01-02-operand
"""
#| exporti
def operand(value):
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, (int, float, np.ndarray)):
        return value
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (list, tuple)):
        return as_array(value)
    return NotImplemented
