"""Multiplies grad_output in place.

breaks: 13-02-layer-norm-backward
"""
#| exporti
@method_of(LayerNormBackward)
def apply(self, grad_output):
    grad = grad_output
    grad *= self.saved_tensors[0].data
    grad_x = grad - grad.mean(axis=-1, keepdims=True)
    grad_x -= self.normal * (grad * self.normal).mean(axis=-1, keepdims=True)
    grad_x *= self.scale
    return grad_x, grad / self.saved_tensors[0].data * self.normal, grad / self.saved_tensors[0].data
