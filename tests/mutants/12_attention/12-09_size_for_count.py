"""Takes the number of heads for their length.

breaks: 12-09-heads
hidden: yes
"""
#| exporti
def split_heads(x, num_heads):
    *batch, length, embed_dim = x.shape
    return x.reshape(*batch, length, embed_dim // num_heads, num_heads).transpose(-3, -2)


def merge_heads(x):
    *batch, heads, length, size = x.shape
    return x.transpose(-3, -2).reshape(*batch, length, heads * size)
