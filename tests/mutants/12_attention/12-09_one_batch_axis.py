"""Wants one batch axis, or none.

breaks: 12-09-heads
hidden: yes
"""
#| exporti
def split_heads(x, num_heads):
    length, embed_dim = x.shape[-2:]
    if x.ndim == 2:
        return x.reshape(length, num_heads, embed_dim // num_heads).permute(1, 0, 2)
    return x.reshape(-1, length, num_heads, embed_dim // num_heads).permute(0, 2, 1, 3)


def merge_heads(x):
    *batch, heads, length, size = x.shape
    return x.transpose(-3, -2).reshape(*batch, length, heads * size)
