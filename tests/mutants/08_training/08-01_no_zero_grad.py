"""Adds to the gradients of before.

breaks: 08-01-train-step
general: yes
"""
def train_step(model, loss_of, optimizer, x, y):
    loss = loss_of(model(x), y)
    loss.backward(retain_graph=False)
    optimizer.step()
    return loss.item()
