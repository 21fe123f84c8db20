"""Builds the row at the end.

right: 08-09-fit
"""
#| exporti
@method_of(Trainer)
def fit(self, loader, epochs, held_out=None):
    while epochs > 0:
        lr = self.optimizer.lr
        loss = self.train_epoch(loader)
        found = {} if held_out is None else {"held_out_" + name: value for name, value in self.evaluate(held_out).items()}
        self.history.append({"epoch": len(self.history) + 1, "lr": lr, "loss": loss, **found})
        epochs -= 1
    return self.history
