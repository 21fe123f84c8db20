"""Its own mask, and names on the way.

right: 13-04-block-forward
"""
#| exporti
@method_of(TransformerBlock)
def forward(self, x):
    mask = np.tril(np.ones((x.shape[-2], x.shape[-2])))
    attended = self.attention.forward(self.norm1.forward(x), mask)
    middle = attended + x
    return self.mlp.forward(self.norm2.forward(middle)) + middle
