"""Asks for the norm's limit first, and uses keywords.

right: 08-07-train-batch
"""
#| exporti
@method_of(Trainer)
def train_batch(self, x, y):
    clipping, schedule = self.max_norm is not None, self.schedule
    self.optimizer.zero_grad()
    loss = accumulate(self.model, self.loss, x, y, pieces=self.pieces)
    if math.isnan(loss) or math.isinf(loss):
        raise FloatingPointError("the loss is not finite")
    if clipping:
        clip_grad_norm(self.optimizer.params, self.max_norm)
    self.optimizer.step()
    schedule is None or schedule.step()
    return float(loss)
