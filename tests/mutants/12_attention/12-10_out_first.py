"""Makes the last layer first.

breaks: 12-10-mha-init
"""
#| exporti
@method_of(MultiHeadAttention)
def __init__(self, embed_dim, num_heads):
    if num_heads < 1 or embed_dim % num_heads:
        raise ValueError(f"embed_dim {embed_dim} is not a multiple of num_heads {num_heads}")
    self.num_heads, self.weights = num_heads, None
    self.out_proj = Linear(embed_dim, embed_dim)
    self.q_proj, self.k_proj, self.v_proj = [Linear(embed_dim, embed_dim) for _ in range(3)]
