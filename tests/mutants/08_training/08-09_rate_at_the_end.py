"""Notes the rate after the epoch.

breaks: 08-09-fit
"""
#| exporti
@method_of(Trainer)
def fit(self, loader, epochs, held_out=None):
    for _ in range(epochs):
        loss = self.train_epoch(loader)
        row = {"epoch": len(self.history) + 1, "lr": self.optimizer.lr, "loss": loss}
        if held_out is not None:
            found = self.evaluate(held_out)
            row.update(held_out_loss=found["loss"], held_out_accuracy=found["accuracy"])
        self.history.append(row)
    return self.history
