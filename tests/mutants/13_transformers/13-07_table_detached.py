"""The last layer as an array: the table learns from being read only.

breaks: 13-07-gpt-forward
"""
#| exporti
@method_of(GPT)
def forward(self, ids):
    x = self.tokens(ids)
    length = x.shape[-2]
    if length > self.max_length:
        raise ValueError(f"a text of {length} ids does not fit: there are {self.max_length} positions")
    x = x + self.positions(np.arange(length))
    for block in self.blocks:
        x = block(x)
    return self.norm(x).matmul(self.tokens.weight.data.T)
