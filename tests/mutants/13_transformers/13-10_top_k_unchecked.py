"""top_k = 0 means all.

breaks: 13-10-probabilities
"""
#| export
def next_token_probabilities(logits, temperature=1.0, top_k=None):
    if not temperature > 0:
        raise ValueError(f"the temperature should be above 0, not {temperature}")
    top_k = top_k or None
    best = np.argsort(-logits, kind="stable")[:top_k]
    powers = np.exp((logits[best].astype(np.float64) - logits.max()) / temperature)
    probabilities = np.zeros(len(logits))
    probabilities[best] = powers / powers.sum()
    return probabilities
