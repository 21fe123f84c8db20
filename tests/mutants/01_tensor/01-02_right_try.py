"""Asks by trying, and in another order.

right: 01-02-operand
"""
#| exporti
def operand(value):
    kind = type(value)
    if kind in (list, tuple):
        return as_array(value)
    if kind in (int, float, bool) or kind is np.ndarray:
        return value
    if isinstance(value, np.generic):
        return value.tolist()
    try:
        return value.data if isinstance(value.data, np.ndarray) else NotImplemented
    except AttributeError:
        return NotImplemented
