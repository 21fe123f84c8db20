"""Minus infinity for what may not be drawn.

right: 13-10-probabilities
"""
#| export
def next_token_probabilities(logits, temperature=1.0, top_k=None):
    if not temperature > 0 or (top_k is not None and top_k < 1):
        raise ValueError(f"temperature {temperature} has to be above 0, and top_k {top_k} at least 1")
    scores = np.array(logits, dtype=np.float64) / temperature
    if top_k is not None:
        order = sorted(range(len(scores)), key=lambda k: (-scores[k], k))
        scores[order[top_k:]] = -np.inf
    scores = np.exp(scores - scores.max())
    return scores / scores.sum()
