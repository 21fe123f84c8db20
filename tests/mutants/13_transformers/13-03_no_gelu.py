"""No activation.

breaks: 13-03-block-init
"""
#| exporti
@method_of(TransformerBlock)
def __init__(self, embed_dim, num_heads):
    self.norm1, self.attention = LayerNorm(embed_dim), MultiHeadAttention(embed_dim, num_heads)
    self.norm2 = LayerNorm(embed_dim)
    self.mlp = Sequential(Linear(embed_dim, 4 * embed_dim), Linear(4 * embed_dim, embed_dim))
