"""Only the last position counts.

breaks: 13-09-loss
"""
#| export
def next_token_loss(logits, targets):
    targets = targets.data if isinstance(targets, Tensor) else targets
    return CrossEntropyLoss()(logits[..., -1, :].reshape(-1, logits.shape[-1]), Tensor(targets[..., -1].reshape(-1)))
