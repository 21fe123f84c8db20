"""Splits and merges by itself.

right: 12-11-mha-forward
"""
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    *batch, length, size = x.shape
    parts = []
    for proj in (self.q_proj, self.k_proj, self.v_proj):
        parts.append(proj(x).reshape(*batch, length, self.num_heads, -1).transpose(-2, -3))
    output, weights = scaled_dot_product_attention(*parts, for_heads(mask, len(batch) + 2))
    self.weights = weights.numpy()
    return self.out_proj(output.transpose(-2, -3).reshape(*batch, length, size))
