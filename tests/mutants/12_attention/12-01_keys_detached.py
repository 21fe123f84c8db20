"""Makes new tensors of the keys, which lose their gradient.

breaks: 12-01-soft-lookup
"""
def soft_lookup(query, keys, values):
    weights = Softmax()(Tensor(keys.data).matmul(query))
    return weights.matmul(values)
