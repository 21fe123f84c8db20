"""Forgets to split: one head with the whole length.

breaks: 12-11-mha-forward
"""
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    output, weights = scaled_dot_product_attention(self.q_proj(x), self.k_proj(x), self.v_proj(x), mask)
    self.weights = weights.data
    return self.out_proj(output)
