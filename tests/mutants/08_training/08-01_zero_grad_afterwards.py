"""Forgets only after the step: right from the second step on.

breaks: 08-01-train-step
"""
def train_step(model, loss_of, optimizer, x, y):
    loss = loss_of(model(x), y)
    loss.backward(retain_graph=False)
    optimizer.step()
    optimizer.zero_grad()
    return loss.item()
