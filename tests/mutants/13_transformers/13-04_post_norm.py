"""The norms after the sums.

breaks: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    x = self.norm1(x + self.attention(x, causal_mask(x.shape[-2])))
    return self.norm2(x + self.mlp(x))
