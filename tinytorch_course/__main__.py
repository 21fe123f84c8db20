"""Where the command `tinytorch` begins: says clearly what is missing when the library was installed without its tools."""

from __future__ import annotations

import io
import os
import sys


def _names_in_utf8() -> None:
    """Start again with file names and arguments as UTF-8 where the locale (C, Latin-1) says otherwise.

    Elsewhere the same student would have another name. What is printed stays in the terminal's encoding.
    """
    if os.name == "posix" and sys.getfilesystemencoding() != "utf-8":
        os.environ.setdefault("PYTHONIOENCODING", f"{sys.stdout.encoding}:backslashreplace")
        os.environ["PYTHONUTF8"] = "1"
        os.execv(sys.executable, sys.orig_argv)


def main() -> int | None:
    """Run the command line. `tinytorch doctor` works although packages are missing; all else says which one it needs."""
    _names_in_utf8()
    for stream in (sys.stdout, sys.stderr):  # a console that lacks a character shows its number; nothing crashes
        if isinstance(stream, io.TextIOWrapper):
            stream.reconfigure(errors="backslashreplace")
    try:
        from .cli import main as run
    except ModuleNotFoundError as error:
        if (error.name or "").startswith(("tinytorch", "tinytorch_course")):
            raise
        if sys.argv[1:] == ["doctor"]:
            from .student.doctor import main as doctor

            return doctor()
        print(
            f"tinytorch: the command needs {error.name}, which is not installed: NumPy alone is enough for the library only.\n"
            '  In a checkout or student edition run `pip install -e ".[student]"`, with a wheel `pip install "FILE.whl[student]"`;\n'
            "  `tinytorch doctor` says what else is missing.",
            file=sys.stderr,
        )
        return 2
    return run()


if __name__ == "__main__":
    sys.exit(main())
