"""The house keeps its plan: who may look into which room, what is public, what stays closed until asked for."""

from __future__ import annotations

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import selection

SOURCE = Path(selection.__file__).resolve().parent
MODULES = sorted(SOURCE.rglob("*.py"))

#: The corridor from left to right. A room looks only to rooms above it in this table, and opens them when it loads.
CORRIDOR = (
    "errors",
    "vocabulary",
    "html",
    "threads",
    "texts",
    "keys",
    "arrow",
    "numbering",
    "countries",
    "applicants",
    "intake",
    "suggestions",
    "conditions",
    "policy",
    "profiles",
    "assessment",
    "single",
    "draws",
    "ranking",
    "choice",
    "checking",
    "odds",
    "auditing",
    "outcome",
    "explanations",
    "comparison",
    "faithfulness",
    "replacement",
    "charts",
    "dossier",
    "report",
    "programme",
    "editions",
    "letters",
    "attendance",
    "certificates",
    "memory",
    "testing",
    "engines",
    "cli",
    "__main__",
)

#: What a room may open of a room to its right, inside a function: the outcome is the object that users hold.
ON_DEMAND = {
    "policy": {"single"},
    "outcome": {"engines", "explanations", "comparison", "charts", "report", "dossier", "replacement", "memory"},
}

HEAVY = (
    "pandas",
    "polars",
    "pyarrow",
    "numpy",
    "pydantic",
    "pycountry",
    "narwhals",
    "highspy",
    "typer",
    "rich",
    "altair",
    "jinja2",
)

LONGEST = 300


def room(path: Path) -> str:
    return path.relative_to(SOURCE).parts[0].removesuffix(".py")


def module(path: Path) -> str:
    parts = path.relative_to(SOURCE).with_suffix("").parts
    return ".".join(("selection", *(parts[:-1] if parts[-1] == "__init__" else parts)))


def imports(path: Path) -> Iterator[tuple[str, bool]]:
    """Each module of ours that a file imports, and whether only inside a function; those for type checkers left out."""
    yield from _imports(ast.parse(path.read_text(encoding="utf-8")), False)


def _imports(node: ast.AST, late: bool) -> Iterator[tuple[str, bool]]:
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.If) and "TYPE_CHECKING" in ast.dump(child.test):
            continue
        if isinstance(child, ast.ImportFrom) and (child.module or "").partition(".")[0] == "selection":
            if child.module == "selection":
                yield from ((_owner(alias.name), late) for alias in child.names)
            else:
                yield str(child.module), late
        if isinstance(child, ast.Import):
            yield from ((alias.name, late) for alias in child.names if alias.name.startswith("selection."))
        yield from _imports(child, late or isinstance(child, ast.FunctionDef))


def _owner(name: str) -> str:
    return f"selection.{selection._ROOM.get(name, name)}"


def test_every_module_belongs_to_a_room_of_the_corridor() -> None:
    assert {room(path) for path in MODULES} - {"__init__"} <= set(CORRIDOR)


def test_a_room_looks_only_to_its_left() -> None:
    wrong = [
        f"{module(path)} looks to the right, into {target}"
        for path in MODULES
        for target, late in imports(path)
        if path != SOURCE / "__init__.py" and not _allowed(room(path), target.split(".")[1], late)
    ]
    assert not wrong


def _allowed(here: str, there: str, late: bool) -> bool:
    return (late and there in ON_DEMAND.get(here, ())) or CORRIDOR.index(there) <= CORRIDOR.index(here)


def test_there_is_no_cycle_of_imports() -> None:
    known = {module(path): path for path in MODULES}
    needs = {name: {_nearest(t, known) for t, late in imports(path) if not late} for name, path in known.items()}
    done: set[str] = set()
    while len(done) < len(known):
        free = {name for name in known if name not in done and needs[name] - {name} <= done}
        # A package and its own modules load together: what a module needs of its package is not a cycle.
        free = free or {n for n in known if n not in done and all(_own(n, m) for m in needs[n] - {n} - done)}
        assert free, f"a cycle among {sorted(set(known) - done)}"
        done |= free


def _nearest(target: str, known: dict[str, Path]) -> str:
    return target if target in known else target.rpartition(".")[0]


def _own(name: str, other: str) -> bool:
    return name.startswith(f"{other}.") and other.count(".") == 1


def test_public_names_are_these() -> None:
    assert selection.__all__ == sorted(selection.__all__)
    assert set(selection.__all__) == {
        "Applicant", "Explanation", "Form", "Intake", "Outcome", "Policy", "SelectionError", "country",
        "read_applicants", "select", "ticket",
    }  # fmt: skip
    assert set(dir(selection)) == set(selection.__all__)
    for name in selection.__all__:
        assert getattr(selection, name) is not None


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'selct'"):
        selection.selct  # noqa: B018


@pytest.mark.parametrize("line", ["import selection", "from selection.cli import main"])
def test_nothing_heavy_is_opened_before_it_is_asked_for(line: str) -> None:
    code = f"import sys; {line}; print([name for name in {HEAVY!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_the_help_of_the_command_line_opens_nothing_heavy() -> None:
    pytest.importorskip("typer")
    code = (
        "import sys; sys.argv = ['selection', '--help']\n"
        "from selection.cli import main\n"
        "try: main()\n"
        f"finally: print([n for n in {HEAVY[:8]!r} if n in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip().endswith("[]")


def trees() -> Iterator[tuple[str, ast.Module]]:
    for path in MODULES:
        yield module(path), ast.parse(path.read_text(encoding="utf-8"))


def test_modules_are_of_a_few_screens() -> None:
    lengths = {str(p.relative_to(SOURCE)): len(p.read_text(encoding="utf-8").splitlines()) for p in MODULES}
    long = {name: length for name, length in lengths.items() if length > LONGEST}
    assert not long


def test_no_code_is_made_from_text() -> None:
    made = {
        name: node.id
        for name, tree in trees()
        for node in ast.walk(tree)
        if isinstance(node, ast.Name) and node.id in ("eval", "exec", "compile", "__import__")
    }
    assert not made


def test_there_is_no_global_source_of_chance() -> None:
    chance = {"random", "secrets"}
    found = {
        name
        for name, tree in trees()
        for node in ast.walk(tree)
        if (isinstance(node, ast.Import) and chance & {alias.name for alias in node.names})
        or (isinstance(node, ast.ImportFrom) and node.module in chance)
    }
    assert not found


def test_modules_and_public_names_say_what_they_are() -> None:
    silent = [name for name, tree in trees() if not ast.get_docstring(tree)]
    for name, tree in trees():
        for node in tree.body:
            public = isinstance(node, ast.ClassDef | ast.FunctionDef) and not node.name.startswith("_")
            if public and not ast.get_docstring(node):
                silent.append(f"{name}.{node.name}")
    assert not silent
