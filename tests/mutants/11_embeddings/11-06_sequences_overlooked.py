"""Goes through the first axis of the ids only.

breaks: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    grad = np.zeros((count, grad_output.shape[-1]), grad_output.dtype)
    for row, part in zip(np.atleast_1d(ids), np.atleast_2d(grad_output)):
        grad[row] += part
    return grad
