"""Takes the ids for the indices of several axes.

breaks: 11-05-embedding-forward
"""
#| exporti
@method_of(Embedding)
def forward(self, ids):
    return self.weight[tuple(check_ids(ids, self.weight.shape[0]))]
