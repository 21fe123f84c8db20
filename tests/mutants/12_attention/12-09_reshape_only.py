"""A reshape alone: positions end up in different heads.

breaks: 12-09-heads
"""
#| exporti
def split_heads(x, num_heads):
    *batch, length, embed_dim = x.shape
    return x.reshape(*batch, num_heads, length, embed_dim // num_heads)


def merge_heads(x):
    *batch, heads, length, size = x.shape
    return x.reshape(*batch, length, heads * size)
