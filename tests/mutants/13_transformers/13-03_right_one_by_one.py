"""One by one, with a name for the width.

right: 13-03-block-init
"""
#| exporti
@method_of(TransformerBlock)
def __init__(self, embed_dim, num_heads):
    hidden = embed_dim * 4
    self.norm1 = LayerNorm(embed_dim)
    self.attention = MultiHeadAttention(embed_dim, num_heads)
    self.norm2 = LayerNorm(embed_dim)
    layers = [Linear(embed_dim, hidden), GELU(), Linear(hidden, embed_dim)]
    self.mlp = Sequential(*layers)
