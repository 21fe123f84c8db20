"""Sets the attributes in order, but draws their numbers in another one.

breaks: 12-10-mha-init
hidden: yes
"""
#| exporti
@method_of(MultiHeadAttention)
def __init__(self, embed_dim, num_heads):
    if num_heads < 1 or embed_dim % num_heads:
        raise ValueError(f"embed_dim {embed_dim} is not a multiple of num_heads {num_heads}")
    self.num_heads, self.weights = num_heads, None
    out = Linear(embed_dim, embed_dim)
    self.q_proj, self.k_proj, self.v_proj = [Linear(embed_dim, embed_dim) for _ in range(3)]
    self.out_proj = out
