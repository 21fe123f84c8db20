"""Checks the ids against the number of all numbers.

breaks: 11-05-embedding-forward
hidden: yes
"""
#| exporti
@method_of(Embedding)
def forward(self, ids):
    ids = check_ids(ids, self.weight.size)
    return self.weight[ids % self.weight.shape[0]]
