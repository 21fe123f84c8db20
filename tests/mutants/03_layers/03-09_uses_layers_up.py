"""Takes the layers out of the list, so the second call does nothing.

breaks: 03-09-sequential-forward
hidden: yes
"""
#| exporti
@method_of(Sequential)
def forward(self, x):
    while self.layers:
        x = self.layers.pop(0)(x)
    return x
