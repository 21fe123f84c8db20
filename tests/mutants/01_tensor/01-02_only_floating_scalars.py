"""Makes Python numbers of NumPy's floating scalars only; np.int64 promotes float32 all the same.

breaks: 01-02-operand
hidden: yes
"""
#| exporti
def operand(value):
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, np.floating):
        return float(value)
    if isinstance(value, (int, float, np.ndarray, np.generic)):
        return value
    if isinstance(value, (list, tuple)):
        return as_array(value)
    return NotImplemented
