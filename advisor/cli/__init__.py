"""The command line: parse, call, print, exit code. It decides nothing."""

from __future__ import annotations


def main() -> None:
    """Run the program on the process's own arguments; ends in SystemExit with the exit code.

    Exit codes: 0 done, whatever the verdict; 1 a check that was asked for failed; 2 bad input; 70 a mistake in the
    program itself; 130 interrupted.
    """
    from advisor.cli.process import set_up_process

    set_up_process()  # first: what it sets makes the imports of the program faster as well
    from advisor.cli.program import app

    app(prog_name="advisor")
