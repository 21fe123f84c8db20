"""NumPy's global numbers, which manual_seed does not know.

breaks: 11-04-embedding-init
"""
#| exporti
@method_of(Embedding)
def __init__(self, num_embeddings, embedding_dim):
    if num_embeddings < 1 or embedding_dim < 1:
        raise ValueError(f"not {num_embeddings} and {embedding_dim}")
    self.weight = Tensor(np.random.normal(size=(num_embeddings, embedding_dim)).astype(np.float32), requires_grad=True)
