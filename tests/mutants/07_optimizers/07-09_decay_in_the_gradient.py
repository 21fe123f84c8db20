"""Adam's decay, as part of the gradient.

breaks: 07-09-adamw-update
"""
#| exporti
@method_of(AdamW)
def update(self, param, state):
    adam_step(param.data, param.grad + self.weight_decay * param.data, state, self.lr, self.betas, self.eps)
