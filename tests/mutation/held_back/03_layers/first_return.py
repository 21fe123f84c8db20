"""Another shape of a mistake, or another mistake.

breaks: 03-09-sequential-forward
means: 03-09_returns_in_the_loop
"""


@method_of(Sequential)
def forward(self, x):
    for layer in self.layers:
        x = layer(x)
        return x
