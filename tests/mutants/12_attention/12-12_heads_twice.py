"""Each head is as long as all of them.

breaks: 12-12-cost
"""
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    pairs = batch * length**2
    return 2 * pairs * embed_dim * num_heads, pairs * num_heads * itemsize
