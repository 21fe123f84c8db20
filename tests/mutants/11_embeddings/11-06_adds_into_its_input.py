"""Collects the sums in grad_output.

breaks: 11-06-table-gradient
hidden: yes
"""
def table_gradient(ids, grad_output, count):
    flat, seen = grad_output.reshape(-1, grad_output.shape[-1]), {}
    grad = np.zeros((count, flat.shape[1]), grad_output.dtype)
    for place, row in enumerate(ids.reshape(-1).tolist()):
        if row in seen:
            flat[seen[row]] += flat[place]
        else:
            seen[row] = place
        grad[row] = flat[seen[row]]
    return grad
