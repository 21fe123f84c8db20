"""Adam's squares forgotten.

breaks: 07-11-state-bytes
"""
def state_bytes(parameters, kind, itemsize=4):
    return {"sgd": 0, "momentum": 1, "adam": 1, "adamw": 1}[kind] * parameters * itemsize
