"""Adds up the norms.

breaks: 08-05-clip-grad-norm
"""
#| export
def clip_grad_norm(params, max_norm):
    if not max_norm > 0:
        raise ValueError(f"max_norm should be above 0, not {max_norm}")
    grads = [param.grad for param in params if param.grad is not None]
    norm = float(sum(np.sqrt(np.square(grad, dtype=np.float64).sum()) for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm
