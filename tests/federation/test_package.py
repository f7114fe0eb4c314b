"""The package stands alone: a union installs it without the hub."""

import ast
import importlib
import subprocess
import sys
from pathlib import Path

import federation

FOLDER = Path(federation.__file__).parent


def test_it_imports_its_two_dependencies_and_nothing_of_the_hub() -> None:
    imported = set()
    for path in FOLDER.glob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Import):
                imported |= {name.name.partition(".")[0] for name in node.names}
            elif isinstance(node, ast.ImportFrom):
                imported.add((node.module or "").partition(".")[0])
    assert imported - sys.stdlib_module_names == {"federation", "httpx", "jwt", "cryptography"}


def test_what_verifies_loads_no_http_library() -> None:
    """A hub, and whoever checks a proof, has no use for the client."""
    code = "import sys, federation, federation.statements, federation.proof; print('httpx' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout == "False\n"


def test_what_it_offers_is_there() -> None:
    assert sorted(federation.__all__) == federation.__all__
    for name in federation.__all__:
        assert hasattr(federation, name)
    for module in ("statements", "client", "proof", "drafts", "documents"):
        offered = importlib.import_module(f"federation.{module}")
        assert all(hasattr(offered, name) for name in getattr(offered, "__all__", []))
