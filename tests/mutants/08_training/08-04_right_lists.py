"""Collects, then averages.

right: 08-04-evaluate
"""
#| exporti
@method_of(Trainer)
def evaluate(self, loader):
    mode = self.model.training
    sizes, losses, hits = [], [], []
    self.model.train(False)
    try:
        with no_grad():
            for batch, target in loader:
                predicted = self.model(batch)
                sizes.append(len(batch))
                losses.append(self.loss(predicted, target).item())
                hits.append(count_right(predicted, target))
    finally:
        self.model.train(mode)
    if not sizes:
        raise ValueError("the loader is empty")
    return {"loss": float(np.average(losses, weights=sizes)), "accuracy": float(np.sum(hits) / np.sum(sizes))}
