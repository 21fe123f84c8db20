"""Returns the results of all layers.

breaks: 03-09-sequential-forward
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    results = []
    for layer in self.layers:
        x = layer(x)
        results.append(x)
    return results
