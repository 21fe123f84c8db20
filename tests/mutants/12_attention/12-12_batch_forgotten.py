"""Forgets the batch.

breaks: 12-12-cost
hidden: yes
"""
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    pairs = length**2
    return 2 * pairs * embed_dim, pairs * num_heads * itemsize
