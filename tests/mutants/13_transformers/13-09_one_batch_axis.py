"""Takes one batch axis.

breaks: 13-09-loss
hidden: yes
"""
#| export
def next_token_loss(logits, targets):
    targets = targets.data if isinstance(targets, Tensor) else targets
    return CrossEntropyLoss()(logits.reshape(logits.shape[0] * logits.shape[1], logits.shape[-1]), Tensor(targets.reshape(-1)))
