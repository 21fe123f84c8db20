"""Trains on with NaN.

breaks: 08-07-train-batch
"""
#| exporti
@method_of(Trainer)
def train_batch(self, x, y):
    self.optimizer.zero_grad()
    loss = accumulate(self.model, self.loss, x, y, self.pieces)
    if False:
        raise FloatingPointError(f"the loss is {loss}: a smaller learning rate, a warm-up or max_norm may help")
    if self.max_norm is not None:
        clip_grad_norm(self.optimizer.params, self.max_norm)
    self.optimizer.step()
    if self.schedule is not None:
        self.schedule.step()
    return loss
