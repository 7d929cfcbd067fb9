"""Files on this machine, for the compiler and the generator: inside the spec's folder and nowhere else."""

from specdsl.local_files.local import LocalFiles

__all__ = ["LocalFiles"]
