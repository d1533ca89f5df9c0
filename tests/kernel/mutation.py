"""A mutation run over `kernel/`: what would the tests not notice?

`python tests/kernel/mutation.py --sample 150 --seed 1` copies the project to a temporary folder, lets cosmic-ray
change one thing in the kernel at a time there, runs the quick part of the recordings and then `tests/kernel`, and
prints the score and every change that nobody noticed. Needs cosmic-ray (`pip install cosmic-ray`), which the project
itself does not. docs/mutation.md keeps the last score and says what became of the survivors.
"""

from __future__ import annotations

import argparse
import random
import re
import shutil
import sqlite3
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path
from typing import Final

ROOT: Final = Path(__file__).resolve().parents[2]
CASES: Final = 40
"""Recorded cases of each kind that are replayed before the tests: they notice most changes within a second."""
SECONDS_A_MUTANT: Final = 90
NOT_BEHAVIOUR: Final = ("inspection", "invariants", "syscalls", "costs", "abi", "events")
"""Files that hold numbers, or that only tests use."""
OPERATORS: Final = re.compile(
    r"AddNot|IsNot_Is$|Is_IsNot$|OrWithAnd|AndWithOr|Eq_NotEq|NumberReplacer|Add_Sub|Sub_Add|TrueWithFalse|"
    r"FalseWithTrue|Lt_LtE|LtE_Lt|Gt_GtE|GtE_Gt|Delete_Not|BitAnd_BitOr|LShift_RShift|Break|Continue|ZeroIter|Exception"
)
"""Changes that can matter; the others mostly change type annotations or compare identical objects otherwise."""


def quick(root: Path) -> int:
    """Replay a few cases of each recording; 1 if one differs."""
    sys.path.insert(0, str(root))
    from tests.conformance import replay

    for path in sorted((root / "tests" / "conformance" / "data").glob("*.jsonl.xz")):
        for case in islice(replay.read_cases(path), CASES):
            if replay.replay(case) is not None:
                return 1
    return 0


def prepare(folder: Path) -> tuple[Path, Path]:
    """Copy the project and make the session; (configuration, session)."""
    copy = folder / "project"
    left_out = shutil.ignore_patterns(".venv", ".git", "__pycache__", ".*_cache", ".hypothesis")
    shutil.copytree(ROOT, copy, ignore=left_out)
    configuration, session = folder / "configuration.toml", folder / "session.sqlite"
    python = sys.executable
    script = copy / "tests" / "kernel" / "mutation.py"
    tests = f"{python} {script} --quick && {python} -m pytest -x -q -p no:cacheprovider tests/kernel"
    excluded = ", ".join(f'"kernel/{name}.py"' for name in NOT_BEHAVIOUR)
    configuration.write_text(
        f'[cosmic-ray]\nmodule-path = "kernel"\ntimeout = {SECONDS_A_MUTANT}\nexcluded-modules = [{excluded}]\n'
        f"test-command = '''bash -c \"{tests}\"'''\n[cosmic-ray.distributor]\nname = \"local\"\n"
    )
    subprocess.run(["cosmic-ray", "init", configuration, session], cwd=copy, check=True)
    return configuration, session


def choose(session: Path, project: Path, sample: int, seed: int) -> None:
    """Keep a random sample of the mutants that can matter."""
    store = sqlite3.connect(session)
    rows = store.execute("select job_id, module_path, operator_name, start_pos_row from mutation_specs").fetchall()
    pool = []
    for job, module, operator, row in sorted(rows, key=lambda row: (row[1], row[3], row[2], row[0])):
        line = (project / module).read_text().split("\n")[row - 1]
        if OPERATORS.search(operator) and "__slots__" not in line and "emit(" not in line:
            pool.append(job)
    kept = set(random.Random(seed).sample(pool, min(sample, len(pool))))
    print(f"{len(kept)} of {len(pool)} mutants")
    for (job,) in store.execute("select job_id from work_items").fetchall():
        if job not in kept:
            store.execute("delete from mutation_specs where job_id = ?", (job,))
            store.execute("delete from work_items where job_id = ?", (job,))
    store.commit()
    store.close()


def report(session: Path) -> None:
    """The score, and every survivor with its change."""
    store = sqlite3.connect(session)
    outcomes = dict(store.execute("select test_outcome, count(*) from work_results group by 1").fetchall())
    done = sum(outcomes.values())
    print(f"{outcomes.get('KILLED', 0)} of {done} noticed")
    joined = "mutation_specs join work_results on mutation_specs.job_id = work_results.job_id"
    query = f"select module_path, start_pos_row, diff from {joined} where test_outcome = 'SURVIVED' order by 1, 2"
    for module, row, diff in store.execute(query):
        print(f"{module}:{row}")
        print("\n".join(f"    {line}" for line in diff.split("\n") if re.match(r"[+-](?![+-])", line)))
    store.close()


def main() -> int:
    """Run; see the module."""
    parser = argparse.ArgumentParser(description="What would the kernel's tests not notice?")
    parser.add_argument("--sample", type=int, default=150)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--quick", action="store_true", help="only replay the recordings (used by the run itself)")
    options = parser.parse_args()
    if options.quick:
        return quick(ROOT)
    if shutil.which("cosmic-ray") is None:
        print("cosmic-ray is not installed: pip install cosmic-ray", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as name:
        configuration, session = prepare(Path(name))
        choose(session, Path(name) / "project", options.sample, options.seed)
        subprocess.run(["cosmic-ray", "exec", configuration, session], cwd=Path(name) / "project", check=True)
        report(session)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
