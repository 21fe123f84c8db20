"""Adds up number by number, in Python.

right: 12-14-attention-is-right
"""
def attention_is_right(attend):
    rng = np.random.default_rng(8)
    for size, length in [(1, 2), (3000, 6)]:
        Q, K, V = rng.normal(size=(3, length)) * size, rng.normal(size=(4, length)), rng.normal(size=(4, 3))
        mask = np.array([[1, 0, 1, 1], [0, 0, 0, 0], [0, 1, 0, 1]], bool)
        before = Q.copy(), K.copy(), V.copy(), mask.copy()
        found = attend(Q, K, V, mask)
        for t in range(3):
            seen = [k for k in range(4) if mask[t, k]]
            scores = {k: sum(before[0][t, i] * K[k, i] for i in range(length)) / math.sqrt(length) for k in seen}
            weights = {k: math.exp(scores[k] - max(scores.values())) for k in seen}
            for j in range(3):
                right = sum(weights[k] * V[k, j] for k in seen) / sum(weights.values()) if seen else 0.0
                if not abs(found[t][j] - right) < 1e-8:
                    return False
        if any((old != new).any() for old, new in zip(before, (Q, K, V, mask))):
            return False
    return True
