"""A text that is too long ends in an error of the table.

breaks: 13-07-gpt-forward
"""
#| exporti
@method_of(GPT)
def forward(self, ids):
    x = self.tokens(ids)
    length = x.shape[-2]
    x = x + self.positions(np.arange(length))
    for block in self.blocks:
        x = block(x)
    return self.norm(x).matmul(self.tokens.weight.transpose())
