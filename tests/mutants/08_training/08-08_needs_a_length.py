"""Divides by the length of the loader's list.

breaks: 08-08-train-epoch
hidden: yes
"""
#| exporti
@method_of(Trainer)
def train_epoch(self, loader):
    self.model.train()
    len(loader)
    total, count = 0.0, 0
    for x, y in loader:
        total += self.train_batch(x, y) * len(x)
        count += len(x)
    if count == 0:
        raise ValueError("there is no batch to train on")
    return total / count
