"""Answers with NumPy's kind of True.

right: 12-08-looks-ahead
"""
def looks_ahead(function, x):
    answers = []
    for t in range(len(x)):
        leaf = Tensor(x, requires_grad=True)
        row = function(leaf)[t]
        (row * np.random.default_rng(t).normal(size=row.shape)).sum().backward()
        answers.append(np.zeros(1) if leaf.grad is None else leaf.grad[t + 1 :].ravel())
    return np.any(np.concatenate(answers) != 0)
