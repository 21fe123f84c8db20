"""Tries values that are all 1, so that the outputs are 1 too.

breaks: 12-14-attention-is-right
"""
def attention_is_right(attend):
    rng = np.random.default_rng(0)
    Q, K, mask = rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), np.tri(4, 5, dtype=bool)
    return bool(np.allclose(attend(Q, K, np.ones((5, 2)), mask), 1))
