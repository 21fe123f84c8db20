"""The last gradient, times the number of uses.

breaks: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    grad = np.zeros((count, grad_output.shape[-1]), grad_output.dtype)
    grad[ids] = grad_output
    uses = np.bincount(ids.reshape(-1), minlength=count)
    return grad * uses[:, None].astype(grad.dtype)
