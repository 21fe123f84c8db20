"""Saves no setting but the learning rate.

breaks: 07-10-state-dict
"""
#| exporti
@method_of(Optimizer)
def state_dict(self):
    settings = {"lr": self.lr}
    return {"settings": settings, "state": copied(self.state)}


@method_of(Optimizer)
def load_state_dict(self, saved):
    check_state(self, saved)
    for name, value in saved["settings"].items():
        setattr(self, name, value)
    self.state = copied(saved["state"])
