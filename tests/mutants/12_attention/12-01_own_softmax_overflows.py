"""Writes a softmax of its own, without the shift by the largest score.

breaks: 12-01-soft-lookup
hidden: yes
"""
def soft_lookup(query, keys, values):
    powers = keys.matmul(query).exp()
    return (powers / powers.sum()).matmul(values)
