"""Means over everything: one row is not enough to notice.

breaks: 13-02-layer-norm-backward
"""
#| exporti
@method_of(LayerNormBackward)
def apply(self, grad_output):
    grad = grad_output * self.saved_tensors[0].data
    grad_x = grad - grad.mean()
    grad_x -= self.normal * (grad * self.normal).mean()
    grad_x *= self.scale
    return grad_x, grad_output * self.normal, grad_output
