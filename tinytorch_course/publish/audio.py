"""Audio overviews: a script in docs/audio/, spoken while the book is built by espeak-ng, a synthesiser that runs offline."""

from __future__ import annotations

import html
import re
import shutil
import subprocess
import tempfile
from pathlib import Path

# How a synthesiser has to read what people read without a thought.
SAID_AS = {
    "TinyTorch": "tiny torch",
    "PyTorch": "pie torch",
    "NumPy": "num pie",
    "autograd": "auto-grad",
    "Autograd": "Auto-grad",
    "float32": "float thirty-two",
    "gradcheck": "grad check",
    "matmul": "mat mull",
    "ReLU": "ray-loo",
    "()": "",
    "_": " ",
}
VOICE = ["-v", "en-us", "-s", "172", "-g", "4"]


def spoken_text(markdown: str) -> str:
    """A script as SSML: headings and paragraphs with pauses, code and marks as words."""
    parts = []
    for block in re.split(r"\n\s*\n", markdown.strip()):
        heading = block.startswith("#")
        text = " ".join(block.lstrip("#> ").split())
        text = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", text)
        text = re.sub(r"(?<=\w)\.(?=[a-z])", " dot ", text)
        text = re.sub(r"[`*]", "", text)
        for written, said in SAID_AS.items():
            text = text.replace(written, said)
        parts.append(f'<p>{html.escape(text, quote=False)}</p><break time="{700 if heading else 350}ms"/>')
    return "<speak>" + "\n".join(parts) + "</speak>"


def speak(markdown: str, to: Path) -> Path | None:
    """Speak a script into an audio file; its path, or None where there is no synthesiser.

    Parameters
    ----------
    markdown : str
        The script. Everything in it is read aloud.
    to : path
        The file without its suffix: mp3, Ogg Vorbis or, where no converter is installed, WAV.
    """
    espeak = shutil.which("espeak-ng")
    if espeak is None:
        return None
    to.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix="tinytorch-") as folder:
        wav = Path(folder) / "speech.wav"
        subprocess.run([espeak, "-m", *VOICE, "-w", str(wav)], input=spoken_text(markdown).encode(), check=True)
        for suffix, command in converters(wav):
            target = to.with_suffix(suffix)
            if subprocess.run([*command, str(target)], capture_output=True).returncode == 0 and target.stat().st_size:
                return target
            target.unlink(missing_ok=True)
        return Path(shutil.copy(wav, to.with_suffix(".wav")))


def converters(wav: Path) -> list[tuple[str, list[str]]]:
    """The commands, without their last argument, that make a small file of `wav`, the best first."""
    found = []
    if ffmpeg := shutil.which("ffmpeg"):
        found.append((".mp3", [ffmpeg, "-y", "-i", str(wav), "-b:a", "48k"]))
    if sox := shutil.which("sox"):
        found += [(".mp3", [sox, "-G", str(wav), "-C", "48"]), (".ogg", [sox, "-G", str(wav), "-C", "1"])]
    return found
