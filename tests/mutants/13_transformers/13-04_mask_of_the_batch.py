"""A mask as long as the batch.

breaks: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    x = x + self.attention(self.norm1(x), causal_mask(x.shape[0]))
    return x + self.mlp(self.norm2(x))
