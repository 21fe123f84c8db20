"""Case by case.

right: 07-11-state-bytes
"""
def state_bytes(parameters, kind, itemsize=4):
    arrays = 2 if kind.startswith("adam") else int(kind == "momentum")
    return arrays * itemsize * parameters
