"""Goes through the layers from the last to the first.

breaks: 03-09-sequential-forward
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    for layer in reversed(self.layers):
        x = layer(x)
    return x
