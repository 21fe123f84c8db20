"""Grades a class: safely, in parallel, resumable.

inbox
    finds what was handed in and whose it is; nothing is trusted, nothing is lost.
marking
    makes a submission executable without running it, runs it once, compares what came with the answer key.
sandbox
    where it runs: a kernel inside bubblewrap, whose process holds no answers.
records
    one writer: nbgrader's gradebook, the students' feedback, the class's report and tables.

`grade.py` puts them together: `released.py` before a run, `class_run.py` the run, `came.py` what it remembers, `changes.py` after it. `model.py` is the plain data that passes between them.
"""
