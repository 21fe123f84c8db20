"""len(ids) new ones: right without a batch.

breaks: 13-14-forward-cached
"""
#| exporti
@method_of(GPT)
def forward_cached(self, ids, caches):
    x, before = self.tokens(ids), len(caches[0])
    length = before + len(ids)
    if length > self.max_length:
        raise ValueError(f"a text of {length} ids does not fit: there are {self.max_length} positions")
    x = x + self.positions(np.arange(before, length))
    for block, cache in zip(self.blocks, caches):
        x = x + cached_attention(block.attention, block.norm1(x), cache)
        x = x + block.mlp(block.norm2(x))
    return self.norm(x).matmul(self.tokens.weight.transpose())
