"""What runs inside the sandbox. This folder is shown to it and run there by path; it imports nothing of the course.

python inside kernel SETTINGS     a Jupyter kernel in this process
python inside serve SETTINGS      a fork server: reads requests from standard input, forks a kernel for each
"""
