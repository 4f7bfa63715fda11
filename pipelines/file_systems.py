"""What kind of disk a folder lies on: whether the kernel of this machine alone decides who holds a lock there."""

from pathlib import Path

MOUNTS = Path("/proc/self/mountinfo")
OF_A_NETWORK = frozenset(
    {
        *(
            "9p",
            "afs",
            "beegfs",
            "ceph",
            "cifs",
            "glusterfs",
            "gpfs",
            "lustre",
            "nfs",
            "nfs4",
            "ocfs2",
            "smb3",
            "smbfs",
        ),
        *("fuse.ceph", "fuse.gcsfuse", "fuse.glusterfs", "fuse.rclone", "fuse.s3fs", "fuse.sshfs"),
    }
)
_POINT = 4


def network_file_system(path: Path, mounts: str | None = None) -> str | None:
    """Name the kind of network file system that a path lies on.

    Args:
        path: The path; the nearest folder that is there decides.
        mounts: What is mounted, as Linux tells it; asked for when not given.

    Returns:
        Such as ``nfs4``; None on a disk of this machine, and where the system does not say.
    """
    if mounts is None:
        try:
            mounts = MOUNTS.read_text(encoding="utf-8", errors="replace")
        except OSError:
            return None
    kinds: dict[Path, str] = {}
    for line in mounts.splitlines():
        before, _, after = line.partition(" - ")
        if after:
            kinds[Path(before.split()[_POINT].encode().decode("unicode_escape"))] = after.split()[0]
    above = path.resolve()
    found = next((kinds[each] for each in (above, *above.parents) if each in kinds), "")
    return found if found in OF_A_NETWORK else None
