"""One step after the other, with a copy of the weights.

right: 12-11-mha-forward
"""
#| exporti
@method_of(MultiHeadAttention)
def forward(self, x, mask=None):
    queries = split_heads(self.q_proj.forward(x), self.num_heads)
    keys = split_heads(self.k_proj.forward(x), self.num_heads)
    values = split_heads(self.v_proj.forward(x), self.num_heads)
    attended = scaled_dot_product_attention(queries, keys, values, mask=for_heads(mask, x.ndim))
    self.weights = np.array(attended[1].data)
    return self.out_proj.forward(merge_heads(attended[0]))
