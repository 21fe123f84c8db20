"""Forgets the warm-up.

breaks: 08-06-lr-at
"""
#| exporti
@method_of(CosineSchedule)
def lr_at(self, step):
    done = min(1.0, (step - self.warmup_steps) / (self.total_steps - self.warmup_steps))
    return self.min_lr + (self.base_lr - self.min_lr) * 0.5 * (1 + math.cos(math.pi * done))
