"""Splits x and projects nothing but the end.

breaks: 12-11-mha-forward
"""
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    heads = split_heads(x, self.num_heads)
    output, weights = scaled_dot_product_attention(heads, heads, heads, for_heads(mask, x.ndim))
    self.weights = weights.data
    return self.out_proj(merge_heads(output))
