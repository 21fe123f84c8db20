"""Another shape of a mistake, or another mistake.

breaks: 03-09-sequential-forward
means: 03-09_returns_all
"""


@method_of(Sequential)
def forward(self, x):
    results = [x]
    for layer in self.layers:
        results.append(layer(results[-1]))
    return results[1:]
