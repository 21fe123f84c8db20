"""Lets a last dimension of 1 be stretched.

breaks: 11-12-positional-forward
"""
#| exporti
@method_of(PositionalEncoding)
def forward(self, x):
    rows = self.weight if self.learned else self.positions
    if x.ndim < 2 or x.shape[-1] not in (1, rows.shape[1]) or x.shape[-2] > rows.shape[0]:
        raise ValueError(f"x of shape {x.shape} does not fit positions of shape {rows.shape}")
    return x + rows[: x.shape[-2]]
