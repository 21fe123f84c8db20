"""Measures the loss after the step.

breaks: 08-01-train-step
"""
def train_step(model, loss_of, optimizer, x, y):
    optimizer.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward(retain_graph=False)
    optimizer.step()
    return loss_of(model(x), y).item()
