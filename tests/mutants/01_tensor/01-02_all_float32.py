"""Makes float32 of everything, arrays that somebody chose to be float64 too.

breaks: 01-02-operand
"""
#| exporti
def operand(value):
    if isinstance(value, Tensor):
        return value.data
    if isinstance(value, (int, float, np.generic, np.ndarray, list, tuple)):
        return np.asarray(value, dtype=np.float32)
    return NotImplemented
