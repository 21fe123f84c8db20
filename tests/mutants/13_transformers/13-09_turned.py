"""Axes exchanged before they are put together.

breaks: 13-09-loss
hidden: yes
"""
#| export
def next_token_loss(logits, targets):
    targets = targets.data if isinstance(targets, Tensor) else targets
    return CrossEntropyLoss()(logits.transpose().reshape(-1, logits.shape[-1]), Tensor(targets.reshape(-1)))
