"""Looks whether each output lies between the values.

breaks: 12-14-attention-is-right
"""
def attention_is_right(attend):
    rng = np.random.default_rng(0)
    Q, K, V, mask = rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), np.tri(4, 5, dtype=bool)
    found = attend(Q, K, V, mask)
    return bool(np.all(found >= V.min(axis=0) - 1e-9) and np.all(found <= V.max(axis=0) + 1e-9))
