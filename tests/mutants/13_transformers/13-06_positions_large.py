"""Only the table of tokens is made smaller.

breaks: 13-06-gpt-init
"""
#| exporti
@method_of(GPT)
def __init__(self, vocab_size, embed_dim, num_layers, num_heads, max_length):
    self.tokens, self.positions = Embedding(vocab_size, embed_dim), Embedding(max_length, embed_dim)
    for table in (self.tokens,):
        table.weight.data /= math.sqrt(embed_dim)
    self.blocks = [TransformerBlock(embed_dim, num_heads) for _ in range(num_layers)]
    self.norm = LayerNorm(embed_dim)
