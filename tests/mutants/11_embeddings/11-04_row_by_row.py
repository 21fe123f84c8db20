"""Draws row by row.

right: 11-04-embedding-init
"""
#| exporti
@method_of(Embedding)
def __init__(self, num_embeddings, embedding_dim):
    if num_embeddings < 1 or embedding_dim < 1:
        raise ValueError(f"not {num_embeddings} and {embedding_dim}")

    rows = [generator.normal(0, 1, embedding_dim) for _ in range(num_embeddings)]
    weight = Tensor(np.array(rows, np.float32), requires_grad=True)
    self.weight = weight
