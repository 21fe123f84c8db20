"""Reads a transposed tensor in the order of its memory instead of the order of its rows.

breaks: 01-07-reshape
hidden: yes
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    return Tensor(self.data.reshape(*shape, order="A"))
