"""Attention without a mask.

breaks: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    x = x + self.attention(self.norm1(x))
    return x + self.mlp(self.norm2(x))
