"""The answer key of a class: what the reference gives, asked by the tests with their answers."""

from __future__ import annotations

import hashlib
import json
import secrets
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from ...base.errors import CourseError
from ...base.files import write_whole
from ...base.marks import number_of
from ..model import Job, Library, Limits, Source
from ..sandbox.rooms import SandboxError
from ..sandbox.sandbox import Sandbox
from ..sandbox.walls import missing_reason
from .blind import tests_without_answers
from .explain import failed, last_error
from .mark import Key, mark
from .prepare import prepare
from .records import Malformed, read_key
from .run import Ran, Run


def seed_in(folder: Path, assignment: str) -> str:
    """The secret of a class from which its tests draw their inputs. It is kept, so that grading again gives the same."""
    path = folder / f"{assignment}.seed"
    if not path.is_file():
        write_whole({path: secrets.token_hex(16) + "\n"}, mode=0o600)
    return path.read_text(encoding="utf-8").strip()


def tried_twice(job: Job, reference: bytes, seed: str, kept: Path) -> tuple[Key, dict[str, str], str]:
    """As `answer_key`, in a sandbox that is given a second try: what others run may have kept the first from starting."""
    # The reference is the instructor's own code, so a machine that only sends work to others needs no bubblewrap.
    enabled = job.sandbox and missing_reason() is None
    for last in (False, True):
        sandbox = Sandbox(job.library, (), job.limits, hide=job.hide, enabled=enabled)
        try:
            return answer_key(job.source, reference, job.library, sandbox, job.limits, seed, kept)
        except SandboxError:
            if last:
                raise
        finally:
            sandbox.close()
    raise AssertionError


def answer_key(
    source: Source, reference: bytes, library: Library, sandbox: Sandbox, limits: Limits, seed: str, kept: Path
) -> tuple[Key, dict[str, str], str]:
    """Run the reference, or take what an earlier run of the same has left in the file `kept`.

    Returns
    -------
    key : mapping
    tests : dict
        Code of the tests without their answers, by grade id.
    fingerprint : str
        Of the key.

    Raises
    ------
    CourseError
        When the reference fails its own tests, or a test gives other values when its answers are left out.
    """
    about = [source.key, library.key, seed, own_code(), hashlib.sha256(reference).hexdigest()]
    fingerprint = hashlib.sha256("\0".join(about).encode()).hexdigest()
    stored = _load(kept, fingerprint)
    if stored is None:
        tests = tests_without_answers(source)
        stored = _made(source, reference, sandbox, limits, seed, tests), tests
        write_whole({kept: json.dumps({"for": fingerprint, "sent": stored[0], "tests": tests})}, mode=0o600)
    sent, tests = stored
    key = {name: tuple(texts) for name, texts in sent.items()}
    return key, tests, hashlib.sha256(json.dumps(sent).encode()).hexdigest()


def own_code() -> str:
    here = Path(__file__).parents[1]
    files = [*here.glob("marking/*.py"), *here.glob("sandbox/**/*.py")]
    return hashlib.sha256(b"".join(path.read_bytes() for path in sorted(files))).hexdigest()


def _load(path: Path, fingerprint: str) -> tuple[dict[str, list[str]], dict[str, str]] | None:
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return (stored["sent"], stored["tests"]) if stored["for"] == fingerprint else None
    except (OSError, ValueError, KeyError, TypeError):
        return None


def _made(
    source: Source, reference: bytes, sandbox: Sandbox, limits: Limits, seed: str, tests: Mapping[str, str]
) -> dict[str, list[str]]:
    prepared = prepare(reference, source)
    if prepared.refused is not None:
        raise CourseError(f"the reference of {source.assignment} cannot be used: {prepared.refused}")
    limits = replace(limits, timeout=max(120.0, limits.timeout), total=max(1200.0, limits.total))
    whole = Run(prepared, source, sandbox, limits, seed=seed).whole()
    places = {cell.name: at for at, cell in enumerate(prepared.cells) if cell.name}
    texts: dict[str, list[str]] = {}
    for cell in source.cells:
        if not cell.is_test:
            continue
        result = whole.cells[places[cell.name]]
        if failed(result):
            raise _broken(source, cell.name, ": ".join(last_error(result))[:300])
        texts[cell.name] = result.records
    bare = Run(prepared, source, sandbox, limits, seed=seed, tests=tests).whole()
    _compare_without_answers(source, bare, texts, places)
    return texts


def _compare_without_answers(
    source: Source, bare: Ran, texts: Mapping[str, list[str]], places: Mapping[str, int]
) -> None:
    """The tests as submissions get them have to give what the key says, or nobody could have these points."""
    titles = {cell.name: cell.title for cell in source.cells}
    for name, sent in texts.items():
        try:
            key = read_key(tuple(sent))
        except (Malformed, KeyError, TypeError) as error:
            raise _broken(source, name, f"it asks for a value that cannot be written down ({error})") from None
        result = bare.cells[places[name]]
        verdict = mark(result.records, key, number_of(name), titles[name])
        if failed(result) or not verdict.passed:
            why = verdict.card or ": ".join(last_error(result))
            raise _broken(source, name, f"without its answers, or run again, it gives another value: {why[:600]}")


def _broken(source: Source, name: str, why: str) -> CourseError:
    return CourseError(
        f"the reference of {source.assignment} fails the test of {number_of(name)}: {why}",
        "A test has to pass with the reference, each time and whoever draws the random numbers. Nothing was graded.",
    )
