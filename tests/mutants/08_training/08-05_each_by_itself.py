"""Clips each gradient by its own norm.

breaks: 08-05-clip-grad-norm
"""
#| export
def clip_grad_norm(params, max_norm):
    if not max_norm > 0:
        raise ValueError(f"max_norm is {max_norm}")
    grads = [param.grad for param in params if param.grad is not None]
    norm = math.sqrt(sum(np.square(grad, dtype=np.float64).sum().item() for grad in grads))
    for grad in grads:
        own = np.linalg.norm(grad.astype(np.float64))
        if max_norm < own < math.inf:
            grad *= max_norm / own
    return norm
