"""Stacks the rows of sequences one by one.

breaks: 11-05-embedding-forward
hidden: yes
"""
#| exporti
@method_of(Embedding)
def forward(self, ids):
    ids = np.atleast_1d(check_ids(ids, self.weight.shape[0]))
    return self.weight[ids]
