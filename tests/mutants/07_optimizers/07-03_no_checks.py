"""Takes whatever comes.

breaks: 07-03-optimizer-init
"""
#| exporti
@method_of(Optimizer)
def __init__(self, params, lr):
    self.params = list(params)
    self.lr = float(lr)
    self.state = [{} for _ in self.params]
