"""Grows with the length, not with its square.

breaks: 12-12-cost
"""
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    return 2 * batch * length * embed_dim, batch * length * num_heads * itemsize
