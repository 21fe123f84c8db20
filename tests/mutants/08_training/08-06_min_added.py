"""Adds the lowest rate on top.

breaks: 08-06-lr-at
"""
#| exporti
@method_of(CosineSchedule)
def lr_at(self, step):
    if step < self.warmup_steps:
        return self.base_lr * (step + 1) / (self.warmup_steps + 1)
    done = min(1.0, (step - self.warmup_steps) / (self.total_steps - self.warmup_steps))
    return self.min_lr + self.base_lr * 0.5 * (1 + math.cos(math.pi * done))
