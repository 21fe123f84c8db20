"""Looks at the length when the caches have grown.

breaks: 13-14-forward-cached
hidden: yes
"""
#| exporti
@method_of(GPT)
def forward_cached(self, ids, caches):
    x, before = self.tokens(ids), len(caches[0])
    length = before + x.shape[-2]
    x = x + self.positions(np.arange(before, length) % self.max_length)
    for block, cache in zip(self.blocks, caches):
        x = x + cached_attention(block.attention, block.norm1(x), cache)
        x = x + block.mlp(block.norm2(x))
    if length > self.max_length:
        raise ValueError(f"a text of {length} ids does not fit: there are {self.max_length} positions")
    return self.norm(x).matmul(self.tokens.weight.transpose())
