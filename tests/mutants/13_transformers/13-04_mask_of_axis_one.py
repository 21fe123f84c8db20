"""The length on axis 1: right with one batch axis only.

breaks: 13-04-block-forward
hidden: yes
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    x = x + self.attention(self.norm1(x), causal_mask(x.shape[1]))
    return x + self.mlp(self.norm2(x))
