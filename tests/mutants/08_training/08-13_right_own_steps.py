"""Does the five lines itself, with a second weight and optimizer, and compares.

right: 08-13-step-is-right
"""
def step_is_right(step):
    rng = np.random.default_rng(9)
    x, y = Tensor(rng.normal(size=5)), Tensor(rng.normal(size=5))
    one, two = Tensor(np.array([0.3]), requires_grad=True), Tensor(np.array([0.3]), requires_grad=True)
    one.grad, two.grad = np.array([7.0]), np.array([7.0])
    first, second = SGD([one], 0.1, momentum=0.5), SGD([two], 0.1, momentum=0.5)
    fits = []
    for _ in range(3):
        two.zero_grad()
        loss = MSELoss()(x * two, y)
        loss.backward()
        second.step()
        fits.append(np.isclose(step(lambda x: x * one, MSELoss(), first, x, y), loss.item()))
        fits.append(np.isclose(one.data[0], two.data[0]))
    return np.all(fits)
