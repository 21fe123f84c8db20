"""Always in float64.

breaks: 11-06-table-gradient
hidden: yes
"""
def table_gradient(ids, grad_output, count):
    grad = np.zeros((count, grad_output.shape[-1]))
    np.add.at(grad, ids, grad_output)
    return grad
