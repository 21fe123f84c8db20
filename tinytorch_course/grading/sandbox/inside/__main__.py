"""Started by path, as the first process of a sandbox."""

import json
import os
import sys

folder = os.path.dirname(os.path.abspath(__file__))
sys.path[:] = [os.path.dirname(folder), *(entry for entry in sys.path if entry != folder)]

from inside.forkserver import serve  # type: ignore[import-not-found]  # noqa: E402
from inside.kernel import run_kernel  # type: ignore[import-not-found]  # noqa: E402
from inside.walls import become, end_with_the_other_end_of, limit, mapped_now  # type: ignore[import-not-found]  # noqa: E402

del sys.path[0]
settings = json.loads(sys.argv[2])
become(settings["uid"], settings["gid"])
if sys.argv[1] == "serve":
    serve(settings)
else:
    end_with_the_other_end_of(0)
    path = f"{settings['sockets']}/request.json"
    with open(path, encoding="utf-8") as file:
        request = json.load(file)
    os.unlink(path)
    limit(request["limits"], mapped_now())
    run_kernel(request, settings["sockets"], settings["tmp"], settings["walled"])
