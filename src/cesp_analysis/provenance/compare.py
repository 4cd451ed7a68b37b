"""`cesp compare A B`: which numbers of two results differ, and by how much."""


def compare() -> None:
    """Say how two results differ."""
