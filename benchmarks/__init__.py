"""How close the engine comes to hand-written NumPy: ``python -m benchmarks``, or ``make bench``.

Each workload is written four times: by hand in NumPy (the limit), with TinyTorch, with HIPS autograd and with PyTorch. The
sides are checked against each other before anything is timed. README.md says how the figures are made.
"""
