"""Counts the decay as an array.

breaks: 07-11-state-bytes
hidden: yes
"""
def state_bytes(parameters, kind, itemsize=4):
    return {"sgd": 0, "momentum": 1, "adam": 2, "adamw": 3}[kind] * parameters * itemsize
