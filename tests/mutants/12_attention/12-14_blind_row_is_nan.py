"""Expects NaN from a query that may look nowhere.

breaks: 12-14-attention-is-right
"""
def attention_is_right(attend):
    rng = np.random.default_rng(0)
    for size in (1, 1000):
        Q, K, V, mask = size * rng.normal(size=(4, 3)), rng.normal(size=(5, 3)), rng.normal(size=(5, 2)), rng.random((4, 5)) < 0.6
        mask[1] = False
        expected = np.full((4, 2), np.nan)
        for t in (0, 2, 3):
            scores = K[mask[t]] @ Q[t] / 3**0.5
            powers = np.exp(scores - scores.max())
            expected[t] = powers @ V[mask[t]] / powers.sum()
        given = [array.copy() for array in (Q, K, V, mask)]
        found = attend(Q, K, V, mask)
        if not (np.allclose(found, expected, equal_nan=True) and all(map(np.array_equal, given, (Q, K, V, mask)))):
            return False
    return True
