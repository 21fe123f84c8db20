"""Another shape of a mistake, or another mistake.

breaks: 03-01-linear-forward
means: 03-01_leaves_the_tensor_world
"""


@method_of(Linear)
def forward(self, x):
    if x.data.shape[-1] != self.weight.data.shape[0]:
        raise ValueError(f"the shapes {x.shape} and {self.weight.shape} do not go together")
    y = np.dot(x.data, self.weight.data)
    if self.bias is not None:
        y += self.bias.data
    return Tensor(y)
