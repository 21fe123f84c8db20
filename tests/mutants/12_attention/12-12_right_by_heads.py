"""Head by head.

right: 12-12-cost
"""
def attention_cost(length, embed_dim, num_heads, batch=1, itemsize=4):
    size = embed_dim / num_heads
    each = length * length * size + length * size * length
    return [round(batch * num_heads * each), batch * num_heads * length**2 * itemsize]
