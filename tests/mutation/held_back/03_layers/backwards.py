"""Another shape of a mistake, or another mistake.

breaks: 03-09-sequential-forward
means: 03-09_reversed
"""


@method_of(Sequential)
def forward(self, x):
    for i in range(len(self.layers)):
        x = self.layers[-1 - i](x)
    return x
