"""No batch gives 0.

breaks: 08-08-train-epoch
hidden: yes
"""
#| exporti
@method_of(Trainer)
def train_epoch(self, loader):
    self.model.train()
    total, count = 0.0, 0
    for x, y in loader:
        total += self.train_batch(x, y) * len(x)
        count += len(x)
    if count == 0:
        return 0.0
    return total / count
