"""Subtracts the decay.

right: 07-09-adamw-update
"""
#| exporti
@method_of(AdamW)
def update(self, param, state):
    param.data -= self.lr * self.weight_decay * param.data
    adam_step(param.data, param.grad, state, self.lr, self.betas, self.eps)
