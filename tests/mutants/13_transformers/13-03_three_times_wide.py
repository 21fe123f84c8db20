"""A hidden layer of 3E.

breaks: 13-03-block-init
"""
#| exporti
@method_of(TransformerBlock)
def __init__(self, embed_dim, num_heads):
    self.norm1, self.attention = LayerNorm(embed_dim), MultiHeadAttention(embed_dim, num_heads)
    self.norm2 = LayerNorm(embed_dim)
    self.mlp = Sequential(Linear(embed_dim, 3 * embed_dim), GELU(), Linear(3 * embed_dim, embed_dim))
