"""Both paths read the same x.

breaks: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    return x + self.attention(self.norm1(x), causal_mask(x.shape[-2])) + self.mlp(self.norm2(x))
