"""Written for two layers.

breaks: 03-09-sequential-forward
hidden: yes
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    first, second = self.layers
    return second(first(x))
