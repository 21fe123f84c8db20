"""Four bytes, whatever the dtype.

breaks: 12-12-cost
hidden: yes
"""
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    pairs = batch * length**2
    return 2 * pairs * embed_dim, 4 * pairs * num_heads
