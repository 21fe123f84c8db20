"""Forgets the softmax: the scores themselves are the weights.

breaks: 12-01-soft-lookup
"""
def soft_lookup(query, keys, values):
    return keys.matmul(query).matmul(values)
