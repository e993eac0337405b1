"""The deployed stack's servers on one Linux machine, without Docker."""
