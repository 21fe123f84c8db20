"""Adds in place.

breaks: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    x.data += self.attention(self.norm1(x), causal_mask(x.shape[-2])).data
    return x + self.mlp(self.norm2(x))
