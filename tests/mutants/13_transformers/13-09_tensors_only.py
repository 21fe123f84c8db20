"""Takes Tensors of targets only.

breaks: 13-09-loss
"""
#| export
def next_token_loss(logits, targets):
    targets = targets.data
    return CrossEntropyLoss()(logits.reshape(-1, logits.shape[-1]), Tensor(targets.reshape(-1)))
