"""Picks columns.

breaks: 11-05-embedding-forward
"""
#| exporti
@method_of(Embedding)
def forward(self, ids):
    return self.weight.T[check_ids(ids, self.weight.shape[0])]
