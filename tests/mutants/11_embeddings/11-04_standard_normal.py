"""Draws float32 directly.

right: 11-04-embedding-init
"""
#| exporti
@method_of(Embedding)
def __init__(self, num_embeddings, embedding_dim):
    if min(num_embeddings, embedding_dim) < 1:
        raise ValueError("too small: " + str((num_embeddings, embedding_dim)))
    self.weight = Tensor(generator.standard_normal((num_embeddings, embedding_dim), dtype=np.float32), requires_grad=True)
