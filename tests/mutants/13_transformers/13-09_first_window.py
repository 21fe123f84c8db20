"""The first window only.

breaks: 13-09-loss
hidden: yes
"""
#| export
def next_token_loss(logits, targets):
    targets = targets.data if isinstance(targets, Tensor) else targets
    return CrossEntropyLoss()(logits[0].reshape(-1, logits.shape[-1]), Tensor(targets[0].reshape(-1)))
