"""Copies with the copy module.

right: 08-11-trainer-state
"""
#| exporti
@method_of(Trainer)
def state_dict(self, loader):
    import copy

    state = dict(history=copy.deepcopy(self.history), optimizer=self.optimizer.state_dict(), schedule=None)
    if self.schedule is not None:
        state["schedule"] = self.schedule.state_dict()
    state["parameters"] = {}
    for name, param in named_parameters(self.model).items():
        state["parameters"][name] = np.array(param.data)
    state["loader"] = dict(seed=loader.seed, epoch=loader.epoch)
    state["generator"] = copy.deepcopy(generator.bit_generator.state)
    return state


@method_of(Trainer)
def load_state_dict(self, saved, loader):
    import copy

    parameters = named_parameters(self.model)
    check_parameters(parameters, saved["parameters"])
    vars(loader).update(saved["loader"])
    self.optimizer.load_state_dict(saved["optimizer"])
    if saved["schedule"] is not None:
        self.schedule.load_state_dict(saved["schedule"])
    for name in parameters:
        np.copyto(parameters[name].data, saved["parameters"][name])
    self.history = copy.deepcopy(saved["history"])
    generator.bit_generator.state = saved["generator"]
