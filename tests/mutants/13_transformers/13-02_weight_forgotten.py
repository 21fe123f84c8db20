"""Forgets the weight on the way to x.

breaks: 13-02-layer-norm-backward
"""
#| exporti
@method_of(LayerNormBackward)
def apply(self, grad_output):
    grad = grad_output
    grad_x = grad - grad.mean(axis=-1, keepdims=True)
    grad_x -= self.normal * (grad * self.normal).mean(axis=-1, keepdims=True)
    grad_x *= self.scale
    return grad_x, grad_output * self.normal, grad_output
