"""Draws the numbers of the network first, and puts it last.

breaks: 13-03-block-init
hidden: yes
"""
#| exporti
@method_of(TransformerBlock)
def __init__(self, embed_dim, num_heads):
    mlp = Sequential(Linear(embed_dim, 4 * embed_dim), GELU(), Linear(4 * embed_dim, embed_dim))
    self.norm1, self.attention = LayerNorm(embed_dim), MultiHeadAttention(embed_dim, num_heads)
    self.norm2 = LayerNorm(embed_dim)
    self.mlp = mlp
