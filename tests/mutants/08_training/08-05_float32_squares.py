"""Squares in float32.

breaks: 08-05-clip-grad-norm
hidden: yes
"""
#| export
def clip_grad_norm(params, max_norm):
    if not max_norm > 0:
        raise ValueError(f"max_norm should be above 0, not {max_norm}")
    grads = [param.grad for param in params if param.grad is not None]
    norm = math.sqrt(sum(float(np.sum(grad * grad)) for grad in grads))
    if max_norm < norm < math.inf:
        for grad in grads:
            grad *= max_norm / norm
    return norm
