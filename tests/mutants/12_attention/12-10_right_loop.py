"""In a loop.

right: 12-10-mha-init
"""
#| exporti
@method_of(MultiHeadAttention)
def __init__(self, embed_dim, num_heads):
    if num_heads < 1 or embed_dim % num_heads:
        raise ValueError(f"embed_dim {embed_dim} is not a multiple of num_heads {num_heads}")
    for name in ("q_proj", "k_proj", "v_proj", "out_proj"):
        setattr(self, name, Linear(embed_dim, embed_dim))
    self.num_heads = num_heads
    self.weights = None
