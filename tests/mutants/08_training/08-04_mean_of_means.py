"""Averages the batches' means.

breaks: 08-04-evaluate
"""
#| exporti
@method_of(Trainer)
def evaluate(self, loader):
    total, right, count, batches, mode = 0.0, 0, 0, 0, self.model.training
    self.model.eval()
    try:
        with no_grad():
            for x, y in loader:
                out = self.model(x)
                total += self.loss(out, y).item()
                right += count_right(out, y)
                count += len(x)
                batches += 1
    finally:
        self.model.train(mode)
    if count == 0:
        raise ValueError("there is no batch to evaluate")
    return {"loss": total / batches, "accuracy": right / count}
