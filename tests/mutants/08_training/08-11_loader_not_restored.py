"""Does not restore the order of the data.

breaks: 08-11-trainer-state
"""
#| exporti
@method_of(Trainer)
def state_dict(self, loader):
    return {
        "parameters": {name: param.data.copy() for name, param in named_parameters(self.model).items()},
        "optimizer": self.optimizer.state_dict(),
        "schedule": None if self.schedule is None else self.schedule.state_dict(),
        "history": [dict(row) for row in self.history],
        "loader": {"seed": loader.seed, "epoch": loader.epoch},
        "generator": generator.bit_generator.state,
    }


@method_of(Trainer)
def load_state_dict(self, saved, loader):
    named = named_parameters(self.model)
    check_parameters(named, saved["parameters"])
    self.optimizer.load_state_dict(saved["optimizer"])
    if self.schedule is not None:
        self.schedule.load_state_dict(saved["schedule"])
    for name, param in named.items():
        param.data[...] = saved["parameters"][name]
    self.history = [dict(row) for row in saved["history"]]
    generator.bit_generator.state = saved["generator"]
