# For instructors without Linux: grading inside, with its sandbox. docs/guides/instructor.md, "Without Linux", says how.
FROM debian:bookworm-slim

RUN apt-get update \
    && apt-get install --yes --no-install-recommends bubblewrap ca-certificates git make python3 python3-venv \
    && rm -rf /var/lib/apt/lists/*

# Not root: bubblewrap then makes a user namespace of its own and needs no privilege of the container.
ARG UID=1000
RUN useradd --create-home --uid "$UID" --shell /bin/bash teacher
USER teacher
WORKDIR /home/teacher/tinytorch

COPY --chown=teacher . .
RUN make env VENV=/home/teacher/venv
ENV PATH=/home/teacher/venv/bin:$PATH LANG=C.UTF-8

CMD ["bash"]
