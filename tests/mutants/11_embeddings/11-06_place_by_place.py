"""A loop over the places.

right: 11-06-table-gradient
"""
def table_gradient(ids, grad_output, count):
    grad = np.zeros((count, grad_output.shape[-1]), dtype=grad_output.dtype)
    for place in np.ndindex(ids.shape):
        grad[ids[place]] += grad_output[place]
    return grad
