"""Computes with arrays: no gradient comes through.

breaks: 12-09-heads
"""
#| exporti
def split_heads(x, num_heads):
    *batch, length, embed_dim = x.shape
    return Tensor(x.data.reshape(*batch, length, num_heads, embed_dim // num_heads).swapaxes(-3, -2))


def merge_heads(x):
    *batch, heads, length, size = x.shape
    return x.transpose(-3, -2).reshape(*batch, length, heads * size)
