"""Another shape of a mistake, or another mistake.

breaks: 03-07-parameters
means: 03-07_all_tensors
"""


@method_of(Layer)
def parameters(self):
    params = []
    for item in walk(self):
        if type(item) is Tensor:
            params.append(item)
    return params
