"""Counts the parameters and gradients too.

breaks: 07-11-state-bytes
"""
def state_bytes(parameters, kind, itemsize=4):
    return {"sgd": 2, "momentum": 3, "adam": 4, "adamw": 4}[kind] * parameters * itemsize
