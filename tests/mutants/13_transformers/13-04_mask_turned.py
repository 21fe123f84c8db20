"""The mask transposed: everybody looks ahead.

breaks: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    x = x + self.attention(self.norm1(x), causal_mask(x.shape[-2]).T)
    return x + self.mlp(self.norm2(x))
