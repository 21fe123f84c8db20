"""The formula of many papers, with E in front, in a list.

right: 13-02-layer-norm-backward
"""
#| exporti
@method_of(LayerNormBackward)
def apply(self, grad_output):
    weight = self.saved_tensors[0]
    n, back = grad_output.shape[-1], grad_output * weight.data
    inner = n * back - back.sum(-1, keepdims=True) - self.normal * (back * self.normal).sum(-1, keepdims=True)
    return [inner * (self.scale / n), grad_output * self.normal, grad_output]
