"""Lets an empty table through.

breaks: 11-04-embedding-init
hidden: yes
"""
#| exporti
@method_of(Embedding)
def __init__(self, num_embeddings, embedding_dim):
    self.weight = Tensor(generator.normal(size=(num_embeddings, embedding_dim)).astype(np.float32), requires_grad=True)
