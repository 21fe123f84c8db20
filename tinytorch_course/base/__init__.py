"""What all rooms share."""

import sys
from typing import Any

# jsonschema, which reads notebooks, builds a grammar of internationalised addresses when it is imported: one second and
# more at the start of every command, for a format that no notebook has. It does without where the package is missing.
_modules: dict[str, Any] = sys.modules
_modules.setdefault("rfc3987_syntax", None)
