"""Averages over the uses of a row.

breaks: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    grad = np.zeros((count, grad_output.shape[-1]), grad_output.dtype)
    np.add.at(grad, ids, grad_output)
    uses = np.bincount(ids.reshape(-1), minlength=count)
    return (grad / np.maximum(uses, 1)[:, None]).astype(grad.dtype)
