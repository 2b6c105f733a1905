#!/usr/bin/env python3
"""Triggers, and plpgsql functions in policies, on SQLite against a real PostgreSQL:
the schemas and statements of step_policies.py with both added (generate_triggers.py).
Options are those of step_policies.py."""
import os
import sys

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
from generate_triggers import TriggerGenerator  # noqa: E402
from step_policies import main  # noqa: E402

if __name__ == "__main__":
    sys.exit(main(TriggerGenerator, quick=1000, full=20000))
