"""The product with one-hot rows.

right: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    width = grad_output.shape[-1]
    hot = np.eye(count, dtype=grad_output.dtype)[ids].reshape(-1, count)
    return hot.T @ grad_output.reshape(-1, width)
