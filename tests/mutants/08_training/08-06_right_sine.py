"""A squared sine is half of one minus a cosine.

right: 08-06-lr-at
"""
#| exporti
@method_of(CosineSchedule)
def lr_at(self, step):
    if step >= self.total_steps:
        return self.min_lr
    if step >= self.warmup_steps:
        left = (self.total_steps - step) / (self.total_steps - self.warmup_steps)
        return self.min_lr + (self.base_lr - self.min_lr) * math.sin(math.pi / 2 * left) ** 2
    return (step + 1) * self.base_lr / (self.warmup_steps + 1)
