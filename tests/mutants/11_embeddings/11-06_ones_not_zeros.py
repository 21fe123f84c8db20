"""Starts from ones.

breaks: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    grad = np.ones((count, grad_output.shape[-1]), grad_output.dtype)
    np.add.at(grad, ids, grad_output)
    return grad
