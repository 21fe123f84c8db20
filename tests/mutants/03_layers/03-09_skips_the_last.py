"""Leaves out the last layer.

breaks: 03-09-sequential-forward
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    for layer in self.layers[:-1]:
        x = layer(x)
    return x
