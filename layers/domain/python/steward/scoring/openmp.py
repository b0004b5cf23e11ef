"""Gives LightGBM its OpenMP runtime on systems that have none.

LightGBM's wheel asks the dynamic linker for `libgomp.so.1`, which slim systems lack; scikit-learn's wheel brings a copy
under another name. Loading that copy first is not enough, because the linker compares names: so the copy, once loaded,
is entered in the linker's list (`struct link_map` of `<link.h>`) under the name that LightGBM asks for. A symbolic link
on `LD_LIBRARY_PATH` would do too, but the linker reads that variable only when a process starts.
"""

import ctypes
from importlib.util import find_spec
from pathlib import Path
from platform import libc_ver

ASKED_FOR = b"libgomp.so.1"


class _LinkMap(ctypes.Structure):
    """The public head of glibc's entry for a loaded library; a `dlopen` handle points to it."""

    _fields_ = (("l_addr", ctypes.c_void_p), ("l_name", ctypes.c_char_p))


def provide() -> Path | None:
    """Load scikit-learn's libgomp as the one LightGBM asks for; to be called before LightGBM is imported.

    None where there is no such copy or the linker is not glibc's: LightGBM then finds what the system has.
    """
    copy = bundled()
    if copy is None or libc_ver()[0] != "glibc":
        return None
    library = ctypes.CDLL(str(copy))
    _LinkMap.from_address(library._handle).l_name = ASKED_FOR  # noqa: SLF001 (documented, with its underscore)
    return copy


def bundled() -> Path | None:
    """Where scikit-learn's wheel keeps its libgomp, None when it brings none."""
    spec = find_spec("sklearn")
    if spec is None or spec.origin is None:
        return None
    libraries = Path(spec.origin).parents[1] / "scikit_learn.libs"
    return next(iter(sorted(libraries.glob("libgomp*.so*"))), None)
