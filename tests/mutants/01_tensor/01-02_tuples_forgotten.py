"""Knows lists, but not tuples.

breaks: 01-02-operand
hidden: yes
"""
#| exporti
def operand(value):
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, np.generic):
        return value.item()
    if isinstance(value, (int, float, np.ndarray)):
        return value
    if isinstance(value, list):
        return as_array(value)
    return NotImplemented
