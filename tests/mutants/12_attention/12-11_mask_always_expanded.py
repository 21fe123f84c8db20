"""An axis for the heads is put into every mask.

breaks: 12-11-mha-forward
hidden: yes
"""
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    q, k, v = [split_heads(proj(x), self.num_heads) for proj in (self.q_proj, self.k_proj, self.v_proj)]
    if mask is not None:
        mask = np.asarray(mask.data if isinstance(mask, Tensor) else mask)
        mask = mask[..., None, :, :]
    output, weights = scaled_dot_product_attention(q, k, v, mask)
    self.weights = weights.data
    return self.out_proj(merge_heads(output))
