"""With NumPy's weighted average.

right: 08-08-train-epoch
"""
#| exporti
@method_of(Trainer)
def train_epoch(self, loader):
    self.model.train(True)
    losses = [(self.train_batch(x, y), len(x)) for x, y in loader]
    if not losses:
        raise ValueError("an empty loader")
    values, sizes = zip(*losses)
    return float(np.average(values, weights=sizes))
