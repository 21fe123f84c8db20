"""Another shape of a mistake, or another mistake.

breaks: 06-09-micro-batches
means: 06-09_share_forgotten
"""


def micro_batches(loss_of, pieces):
    for piece in pieces:
        loss_of(*piece).backward()
