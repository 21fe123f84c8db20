"""Looks each symbol up once and hands its row to the first place only.

breaks: 11-05-embedding-forward
hidden: yes
"""
#| exporti
@method_of(Embedding)
def forward(self, ids):
    ids = check_ids(ids, self.weight.shape[0])
    rows = self.weight[ids]
    repeated = np.ones(ids.shape + (1,), bool)
    repeated.reshape(-1)[np.unique(ids.reshape(-1), return_index=True)[1]] = False
    return rows * np.where(repeated, 0, 1).astype(rows.dtype) + Tensor(rows.data * repeated)
