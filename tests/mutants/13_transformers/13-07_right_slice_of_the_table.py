"""A slice of the table, and @.

right: 13-07-gpt-forward
"""
#| exporti
@method_of(GPT)
def forward(self, ids):
    ids = np.asarray(ids.data if isinstance(ids, Tensor) else ids)
    if ids.shape[-1] > self.max_length:
        raise ValueError(f"{ids.shape[-1]} ids are more than the {self.max_length} positions")
    x = self.positions.weight[: ids.shape[-1]] + self.tokens.weight[ids]
    for block in self.blocks:
        x = block.forward(x)
    return self.norm.forward(x) @ self.tokens.weight.T
