"""The sum of the losses.

breaks: 13-09-loss
"""
#| export
def next_token_loss(logits, targets):
    targets = targets.data if isinstance(targets, Tensor) else targets
    count = targets.size
    return CrossEntropyLoss()(logits.reshape(-1, logits.shape[-1]), Tensor(targets.reshape(-1))) * count
