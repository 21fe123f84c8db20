"""Looks gradients up instead of adding them.

breaks: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    grad = np.zeros((count, grad_output.shape[-1]), grad_output.dtype)
    used = np.unique(ids)
    grad[used] = grad_output.reshape(-1, grad_output.shape[-1])[used % max(ids.size, 1)]
    return grad
