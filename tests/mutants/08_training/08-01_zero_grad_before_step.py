"""Forgets the gradient that it has just found.

breaks: 08-01-train-step
"""
def train_step(model, loss_of, optimizer, x, y):
    loss = loss_of(model(x), y)
    loss.backward(retain_graph=False)
    optimizer.zero_grad()
    optimizer.step()
    return loss.item()
