"""Adds up weight and bias itself.

right: 13-02-layer-norm-backward
"""
#| exporti
@method_of(LayerNormBackward)
def apply(self, grad_output):
    grad = grad_output * self.saved_tensors[0].data
    grad_x = grad - grad.mean(axis=-1, keepdims=True)
    grad_x -= self.normal * (grad * self.normal).mean(axis=-1, keepdims=True)
    grad_x *= self.scale
    axes = tuple(range(grad_output.ndim - 1))
    return grad_x, (grad_output * self.normal).sum(axis=axes), grad_output.sum(axis=axes)
