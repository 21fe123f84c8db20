"""Another shape of a mistake, or another mistake.

breaks: 03-07-parameters
means: 03-07_arrays
"""


@method_of(Layer)
def parameters(self):
    params = []
    for item in walk(self):
        if isinstance(item, Tensor) and item.requires_grad:
            params.append(item.data)
    return params
