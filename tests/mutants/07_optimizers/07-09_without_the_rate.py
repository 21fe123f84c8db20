"""Forgets the learning rate in the decay.

breaks: 07-09-adamw-update
"""
#| exporti
@method_of(AdamW)
def update(self, param, state):
    param.data *= 1 - self.weight_decay
    adam_step(param.data, param.grad, state, self.lr, self.betas, self.eps)
