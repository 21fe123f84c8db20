"""Its own exponentials, which overflow.

breaks: 13-09-loss
hidden: yes
"""
#| export
def next_token_loss(logits, targets):
    targets = targets.data if isinstance(targets, Tensor) else targets
    rows = logits.reshape(-1, logits.shape[-1]).exp()
    shares = rows / rows.sum(axis=-1, keepdims=True)
    return -shares[np.arange(targets.size), targets.reshape(-1)].log().mean()
