"""Asks each number of each output by itself.

right: 12-08-looks-ahead
"""
def looks_ahead(function, x):
    found = []
    for t in range(len(x)):
        leaf = Tensor(np.array(x), requires_grad=True)
        row = function(leaf)[t]
        for j in range(row.shape[0]):
            leaf.grad = None
            row[j].backward()
            found.append(leaf.grad is not None and bool((leaf.grad[t + 1 :] != 0).any()))
    return any(found)
