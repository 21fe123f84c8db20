"""Sets the scores of the others to minus infinity, in place.

breaks: 13-10-probabilities
"""
#| export
def next_token_probabilities(logits, temperature=1.0, top_k=None):
    if not temperature > 0:
        raise ValueError(f"the temperature should be above 0, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k should be at least 1, not {top_k}")
    best = np.argsort(-logits, kind="stable")[:top_k]
    powers = np.exp((logits[best].astype(np.float64) - logits.max()) / temperature)
    keep = np.zeros(len(logits), bool)
    keep[best] = True
    logits[~keep] = -np.inf
    probabilities = np.zeros(len(logits))
    probabilities[best] = powers / powers.sum()
    return probabilities
