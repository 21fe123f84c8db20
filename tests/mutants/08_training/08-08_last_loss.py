"""Returns the last batch's loss.

breaks: 08-08-train-epoch
"""
#| exporti
@method_of(Trainer)
def train_epoch(self, loader):
    self.model.train()
    total, count = 0.0, 0
    for x, y in loader:
        total = self.train_batch(x, y)
        count += len(x)
    if count == 0:
        raise ValueError("there is no batch to train on")
    return total
