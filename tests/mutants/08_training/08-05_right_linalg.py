"""With NumPy's norm, and the small addition that PyTorch makes.

right: 08-05-clip-grad-norm
"""
#| export
def clip_grad_norm(params, max_norm):
    if not max_norm > 0:
        raise ValueError("max_norm has to be above 0, not " + str(max_norm))
    kept = [param for param in params if param.grad is not None]
    norm = float(np.linalg.norm([np.linalg.norm(p.grad.astype(np.float64).reshape(-1)) for p in kept])) if kept else 0.0
    factor = max_norm / (norm + 1e-6)
    if factor < 1 and math.isfinite(norm):
        for param in kept:
            np.multiply(param.grad, factor, out=param.grad)
    return norm
