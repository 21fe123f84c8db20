"""Checks by the length of a head.

right: 12-10-mha-init
"""
#| exporti
@method_of(MultiHeadAttention)
def __init__(self, embed_dim, num_heads):
    if num_heads <= 0 or (embed_dim // num_heads) * num_heads != embed_dim:
        raise ValueError("cannot cut " + str(embed_dim) + " numbers into " + str(num_heads) + " heads")
    self.num_heads, self.weights = num_heads, None
    self.q_proj, self.k_proj, self.v_proj, self.out_proj = (Linear(embed_dim, embed_dim) for _ in range(4))
