"""Predicts a second time for the number that it returns.

breaks: 08-01-train-step
hidden: yes
"""
def train_step(model, loss_of, optimizer, x, y):
    optimizer.zero_grad()
    loss = loss_of(model(x), y)
    loss.backward(retain_graph=False)
    optimizer.step()
    value = loss.item()
    model(x)
    return value
