"""The return stands inside the loop.

breaks: 03-09-sequential-forward
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    for layer in self.layers:
        x = layer(x)
        return x
