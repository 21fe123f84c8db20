"""Shortens them to 1, whatever the limit is.

breaks: 08-05-clip-grad-norm
"""
#| export
def clip_grad_norm(params, max_norm):
    if not max_norm > 0:
        raise ValueError(f"max_norm should be above 0, not {max_norm}")
    grads = [param.grad for param in params if param.grad is not None]
    norm = math.sqrt(sum(np.square(grad, dtype=np.float64).sum().item() for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad /= norm
    return norm
