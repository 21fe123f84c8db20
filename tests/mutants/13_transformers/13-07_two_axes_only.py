"""Arrays of one or two axes only.

breaks: 13-07-gpt-forward
hidden: yes
"""
#| exporti
@method_of(GPT)
def forward(self, ids):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.ndim > 2:
        ids = ids.reshape(-1, ids.shape[-1])
    x = self.tokens(ids)
    length = x.shape[-2]
    if length > self.max_length:
        raise ValueError(f"a text of {length} ids does not fit: there are {self.max_length} positions")
    x = x + self.positions(np.arange(length))
    for block in self.blocks:
        x = block(x)
    return self.norm(x).matmul(self.tokens.weight.transpose())
