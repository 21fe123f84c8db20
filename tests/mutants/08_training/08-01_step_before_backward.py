"""Moves before the gradient is there.

breaks: 08-01-train-step
"""
def train_step(model, loss_of, optimizer, x, y):
    optimizer.zero_grad()
    loss = loss_of(model(x), y)
    optimizer.step()
    loss.backward(retain_graph=False)
    return loss.item()
