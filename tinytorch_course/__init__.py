"""What runs the course: build, release, check, export, grade, report. `tinytorch --help` lists the commands."""
