"""Shows the model the end of a long text.

breaks: 13-07-gpt-forward
"""
#| exporti
@method_of(GPT)
def forward(self, ids):
    x = self.tokens(ids)
    length = x.shape[-2]
    if length > self.max_length:
        x, length = x[..., -self.max_length :, :], self.max_length
    x = x + self.positions(np.arange(length))
    for block in self.blocks:
        x = block(x)
    return self.norm(x).matmul(self.tokens.weight.transpose())
