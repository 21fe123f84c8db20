"""Takes any state.

breaks: 07-10-state-dict
"""
#| exporti
@method_of(Optimizer)
def state_dict(self):
    settings = {name: value for name, value in vars(self).items() if name not in ("params", "state")}
    return {"settings": settings, "state": copied(self.state)}


@method_of(Optimizer)
def load_state_dict(self, saved):
    for name, value in saved["settings"].items():
        setattr(self, name, value)
    self.state = copied(saved["state"])
