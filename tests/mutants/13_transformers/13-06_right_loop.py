"""A loop, and arrays of their own.

right: 13-06-gpt-init
"""
#| exporti
@method_of(GPT)
def __init__(self, vocab_size, embed_dim, num_layers, num_heads, max_length):
    self.tokens = Embedding(vocab_size, embed_dim)
    self.positions = Embedding(max_length, embed_dim)
    self.tokens.weight = Tensor(self.tokens.weight.data * np.float32(embed_dim**-0.5), requires_grad=True)
    self.positions.weight = Tensor(self.positions.weight.data * np.float32(embed_dim**-0.5), requires_grad=True)
    self.blocks = []
    for _ in range(num_layers):
        self.blocks.append(TransformerBlock(embed_dim, num_heads))
    self.norm = LayerNorm(embed_dim)
