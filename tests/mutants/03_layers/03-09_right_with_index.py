"""Counts through the layers.

right: 03-09-sequential-forward
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    result, i = x, 0
    while i < len(self.layers):
        result = self.layers[i](result)
        i += 1
    return result
