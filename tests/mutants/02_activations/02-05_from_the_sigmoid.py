"""Two times the sigmoid, minus one: the formula of the text, which the cell above the exercise takes apart.

breaks: 02-05-tanh
"""
#| export
class Tanh(Activation):
    """The hyperbolic tangent: squashes any number to between -1 and 1."""

    def forward(self, x: Tensor) -> Tensor:
        """The hyperbolic tangent of every value."""
        return Sigmoid()(x * 2) * 2 - 1
