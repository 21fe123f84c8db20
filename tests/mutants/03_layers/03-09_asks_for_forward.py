"""Calls forward directly, which plain functions do not have.

breaks: 03-09-sequential-forward
hidden: yes
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    for layer in self.layers:
        x = layer.forward(x)
    return x
