"""Even numbers with the right standard deviation.

breaks: 11-04-embedding-init
hidden: yes
"""
#| exporti
@method_of(Embedding)
def __init__(self, num_embeddings, embedding_dim):
    if num_embeddings < 1 or embedding_dim < 1:
        raise ValueError(f"not {num_embeddings} and {embedding_dim}")
    self.weight = Tensor(generator.uniform(-(3**0.5), 3**0.5, (num_embeddings, embedding_dim)).astype(np.float32), requires_grad=True)
