"""One mask of the batch for all of it.

breaks: 12-11-mha-forward
"""
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    q, k, v = [split_heads(proj(x), self.num_heads) for proj in (self.q_proj, self.k_proj, self.v_proj)]
    mask = for_heads(mask, x.ndim)
    mask = mask[0] if mask is not None and mask.ndim > 2 else mask
    output, weights = scaled_dot_product_attention(q, k, v, mask)
    self.weights = weights.data
    return self.out_proj(merge_heads(output))
