"""Deals the numbers of a row out in turn.

breaks: 12-09-heads
"""
#| exporti
def split_heads(x, num_heads):
    *batch, length, embed_dim = x.shape
    return x.reshape(*batch, length, embed_dim // num_heads, num_heads).transpose(-1, -2).transpose(-3, -2)


def merge_heads(x):
    *batch, heads, length, size = x.shape
    return x.transpose(-3, -2).reshape(*batch, length, heads * size)
