"""Calls the step with the usual settings.

breaks: 07-09-adamw-update
hidden: yes
"""
#| exporti
@method_of(AdamW)
def update(self, param, state):
    param.data *= 1 - self.lr * self.weight_decay
    adam_step(param.data, param.grad, state, self.lr, (0.9, 0.999), 1e-8)
