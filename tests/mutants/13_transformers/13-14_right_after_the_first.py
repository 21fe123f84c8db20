"""Written with indices.

right: 13-14-forward-cached
"""
#| exporti
@method_of(GPT)
def forward_cached(self, ids, caches):
    start = len(caches[0])
    x = self.tokens.forward(ids)
    stop = start + x.shape[-2]
    if stop > self.max_length:
        raise ValueError(f"{stop} ids are more than the {self.max_length} positions")
    x = x + self.positions.weight[start:stop]
    for k, block in enumerate(self.blocks):
        middle = cached_attention(block.attention, block.norm1(x), caches[k]) + x
        x = block.mlp(block.norm2(middle)) + middle
    return self.norm(x) @ self.tokens.weight.T
