"""Puts new arrays in place of the gradients.

breaks: 08-05-clip-grad-norm
hidden: yes
"""
#| export
def clip_grad_norm(params, max_norm):
    if not max_norm > 0:
        raise ValueError(f"max_norm should be above 0, not {max_norm}")
    params = [param for param in params if param.grad is not None]
    grads = [param.grad for param in params]
    norm = math.sqrt(sum(np.square(grad, dtype=np.float64).sum().item() for grad in grads))
    if max_norm < norm < math.inf:
        for param in params:
            param.grad = param.grad * np.float32(max_norm / norm)
    return norm
