"""Takes the rows for the gradient of x from the output.

breaks: 13-02-layer-norm-backward
hidden: yes
"""
#| exporti
@method_of(LayerNormBackward)
def apply(self, grad_output):
    grad = grad_output * self.saved_tensors[0].data
    grad_x = grad - grad.mean(axis=-1, keepdims=True)
    grad_x -= self.normal * (grad_output * self.normal).mean(axis=-1, keepdims=True)
    grad_x *= self.scale
    return grad_x, grad_output * self.normal, grad_output
