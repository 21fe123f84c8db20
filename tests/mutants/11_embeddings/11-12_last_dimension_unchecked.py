"""Checks the length of the sequence, not the width of its rows.

breaks: 11-12-positional-forward
"""
#| exporti
@method_of(PositionalEncoding)
def forward(self, x):
    rows = self.weight if self.learned else self.positions
    if x.shape[-2] > rows.shape[0]:
        raise ValueError(f"x of shape {x.shape} is longer than positions of shape {rows.shape}")
    return x + rows[: x.shape[-2]]
