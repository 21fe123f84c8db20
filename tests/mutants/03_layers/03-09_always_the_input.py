"""Gives the input to each layer and returns the last one's result.

breaks: 03-09-sequential-forward
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    for layer in self.layers:
        out = layer(x)
    return out
