"""Fills the new shape column by column.

breaks: 01-07-reshape
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    return Tensor(self.data.reshape(*shape, order="F"))
