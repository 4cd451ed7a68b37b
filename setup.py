"""Puts Snakefile, rules and profiles, which lie at the top, into the package that is built.

All else is said in pyproject.toml. An editable installation copies nothing: `cesp run` finds the
checkout's own.
"""

import shutil
from pathlib import Path

from setuptools import setup
from setuptools.command.build_py import build_py

TOP = ("Snakefile", "rules/*.smk", "profiles/*/config.yaml")
WITHIN = "cesp_analysis/workflow"


class WithWorkflow(build_py):
    """The package with the workflow's files in it."""

    def run(self) -> None:
        super().run()
        if not self.editable_mode:
            shutil.rmtree(Path(self.build_lib, WITHIN), ignore_errors=True)  # of an older build
            for source, target in self._workflow().items():
                Path(target).parent.mkdir(parents=True, exist_ok=True)
                shutil.copyfile(source, target)

    def get_outputs(self, include_bytecode: bool = True) -> list[str]:
        copied = [] if self.editable_mode else list(self._workflow().values())
        return [*super().get_outputs(include_bytecode), *copied]

    def get_source_files(self) -> list[str]:
        return [*super().get_source_files(), *self._workflow()]  # for the sdist

    def _workflow(self) -> dict[str, str]:
        """Where each file lies here → where it is to lie."""
        found = [path for pattern in TOP for path in sorted(Path().glob(pattern))]
        return {str(path): str(Path(self.build_lib, WITHIN, path)) for path in found}


setup(cmdclass={"build_py": WithWorkflow})
