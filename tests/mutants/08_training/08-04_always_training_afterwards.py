"""Switches to training afterwards, whatever it was.

breaks: 08-04-evaluate
"""
#| exporti
@method_of(Trainer)
def evaluate(self, loader):
    total, right, count, mode = 0.0, 0, 0, self.model.training
    self.model.eval()
    try:
        with no_grad():
            for x, y in loader:
                out = self.model(x)
                total += self.loss(out, y).item() * len(x)
                right += count_right(out, y)
                count += len(x)
    finally:
        self.model.train()
    if count == 0:
        raise ValueError("there is no batch to evaluate")
    return {"loss": total / count, "accuracy": right / count}
