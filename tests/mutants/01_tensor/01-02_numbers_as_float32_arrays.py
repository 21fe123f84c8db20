"""Makes float32 arrays of numbers: fine for float32, but integers become float64.

breaks: 01-02-operand
hidden: yes
"""
#| exporti
def operand(value):
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, (int, float, np.generic)):
        return np.array(value, np.float32)
    if isinstance(value, np.ndarray):
        return value
    if isinstance(value, (list, tuple)):
        return as_array(value)
    return NotImplemented
