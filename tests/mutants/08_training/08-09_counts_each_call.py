"""Starts to count again in each call.

breaks: 08-09-fit
"""
#| exporti
@method_of(Trainer)
def fit(self, loader, epochs, held_out=None):
    for number in range(epochs):
        row = {"epoch": number + 1, "lr": self.optimizer.lr}
        row["loss"] = self.train_epoch(loader)
        if held_out is not None:
            found = self.evaluate(held_out)
            row.update(held_out_loss=found["loss"], held_out_accuracy=found["accuracy"])
        self.history.append(row)
    return self.history
