"""norm1 in both paths.

breaks: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    x = x + self.attention(self.norm1(x), causal_mask(x.shape[-2]))
    return x + self.mlp(self.norm1(x))
