"""A head of 64 numbers, as in the example.

breaks: 12-12-cost
hidden: yes
"""
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    pairs = batch * length**2
    return 2 * pairs * num_heads * 64, pairs * num_heads * itemsize
