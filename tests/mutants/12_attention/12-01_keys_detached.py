"""Makes new tensors of the keys, which lose their gradient.

breaks: 12-01-soft-lookup
hidden: yes
"""
def soft_lookup(query, keys, values):
    weights = Softmax()(Tensor(keys.data).matmul(query))
    return weights.matmul(values)
