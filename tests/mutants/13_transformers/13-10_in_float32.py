"""In float32.

breaks: 13-10-probabilities
hidden: yes
"""
#| export
def next_token_probabilities(logits, temperature=1.0, top_k=None):
    if not temperature > 0:
        raise ValueError(f"the temperature should be above 0, not {temperature}")
    if top_k is not None and top_k < 1:
        raise ValueError(f"top_k should be at least 1, not {top_k}")
    best = np.argsort(-logits, kind="stable")[:top_k]
    powers = np.exp((logits[best] - logits.max()) / temperature)
    probabilities = np.zeros(len(logits), logits.dtype)
    probabilities[best] = powers / powers.sum()
    return probabilities
