"""Copies with copied, sets by update.

right: 07-10-state-dict
"""
#| exporti
@method_of(Optimizer)
def state_dict(self):
    settings = dict(vars(self))
    del settings["params"], settings["state"]
    return dict(settings=settings, state=copied(self.state))


@method_of(Optimizer)
def load_state_dict(self, saved):
    check_state(self, saved)
    vars(self).update(saved["settings"])
    self.state = copied(saved["state"])
