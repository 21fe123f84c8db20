"""Assigns: the last use of a row wins.

breaks: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    grad = np.zeros((count, grad_output.shape[-1]), grad_output.dtype)
    grad[ids] = grad_output
    return grad
