"""Counts one product of the two.

breaks: 12-12-cost
"""
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    pairs = batch * length**2
    return pairs * embed_dim, pairs * num_heads * itemsize
