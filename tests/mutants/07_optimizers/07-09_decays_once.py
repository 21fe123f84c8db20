"""Decays at the first step only.

breaks: 07-09-adamw-update
hidden: yes
"""
#| exporti
@method_of(AdamW)
def update(self, param, state):
    if not state:
        param.data *= 1 - self.lr * self.weight_decay
    adam_step(param.data, param.grad, state, self.lr, self.betas, self.eps)
