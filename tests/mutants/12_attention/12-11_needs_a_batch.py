"""Wants a batch.

breaks: 12-11-mha-forward
hidden: yes
"""
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    batch, length, embed_dim = x.shape
    q, k, v = [split_heads(proj(x), self.num_heads) for proj in (self.q_proj, self.k_proj, self.v_proj)]
    output, weights = scaled_dot_product_attention(q, k, v, for_heads(mask, 3))
    self.weights = weights.data.reshape(batch, self.num_heads, length, length)
    return self.out_proj(merge_heads(output))
