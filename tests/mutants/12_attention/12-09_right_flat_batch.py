"""Makes one batch axis of all, and puts them back.

right: 12-09-heads
"""
#| exporti
def split_heads(x, num_heads):
    length, embed_dim = x.shape[-2:]
    flat = x.reshape(-1, length, num_heads, embed_dim // num_heads).permute(0, 2, 1, 3)
    return flat.reshape(*x.shape[:-2], num_heads, length, embed_dim // num_heads)


def merge_heads(x):
    heads, length, size = x.shape[-3:]
    flat = x.reshape(-1, heads, length, size).permute(0, 2, 1, 3)
    return flat.reshape(*x.shape[:-3], length, heads * size)
