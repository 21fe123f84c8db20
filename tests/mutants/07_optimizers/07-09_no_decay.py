"""Forgets the decay.

breaks: 07-09-adamw-update
"""
#| exporti
@method_of(AdamW)
def update(self, param, state):
    adam_step(param.data, param.grad, state, self.lr, self.betas, self.eps)
