"""No decay where the gradient is 0.

breaks: 07-09-adamw-update
hidden: yes
"""
#| exporti
@method_of(AdamW)
def update(self, param, state):
    param.data[param.grad != 0] *= 1 - self.lr * self.weight_decay
    adam_step(param.data, param.grad, state, self.lr, self.betas, self.eps)
