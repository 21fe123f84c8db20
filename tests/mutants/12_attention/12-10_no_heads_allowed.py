"""Divides by the number of heads before it looks at it.

breaks: 12-10-mha-init
hidden: yes
"""
#| exporti
@method_of(MultiHeadAttention)
def __init__(self, embed_dim, num_heads):
    if embed_dim % num_heads:
        raise ValueError(f"embed_dim {embed_dim} is not a multiple of num_heads {num_heads}")
    self.num_heads, self.weights = num_heads, None
    self.q_proj, self.k_proj = Linear(embed_dim, embed_dim), Linear(embed_dim, embed_dim)
    self.v_proj, self.out_proj = Linear(embed_dim, embed_dim), Linear(embed_dim, embed_dim)
