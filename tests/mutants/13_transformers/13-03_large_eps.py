"""Norms with an eps of their own.

breaks: 13-03-block-init
hidden: yes
"""
#| exporti
@method_of(TransformerBlock)
def __init__(self, embed_dim, num_heads):
    self.norm1, self.attention = LayerNorm(embed_dim, 1e-3), MultiHeadAttention(embed_dim, num_heads)
    self.norm2 = LayerNorm(embed_dim, 1e-3)
    self.mlp = Sequential(Linear(embed_dim, 4 * embed_dim), GELU(), Linear(4 * embed_dim, embed_dim))
