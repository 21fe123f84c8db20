"""Copies the numbers first.

breaks: 01-07-reshape
hidden: yes
"""
#| exporti
@method_of(Tensor)
def reshape(self, *shape):
    return Tensor(self.data.copy().reshape(*shape))
