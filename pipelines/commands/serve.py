"""``dashboard``, ``workbench``, ``orchestrate``: other programs of this environment that answer browsers.

They answer this machine only; the dashboard answers others too where people sign in.
"""

import errno
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from urllib.parse import urlsplit

from instruments.faults import UsageError
from pipelines.access import FILE, VARIABLE, read_access
from pipelines.access_secrets import read_secrets
from pipelines.commands.printing import print_json, say
from pipelines.dagster_settings import SETTINGS_FILE, lacking, write_settings
from pipelines.dagster_storage import open_instance
from pipelines.definitions import STUDIES, load_studies
from pipelines.load import Study
from pipelines.store.copying import room_for_copies

ADDRESS = "127.0.0.1"
STOP_SECONDS = 20
LOOK_SECONDS = 0.5
STANDARD_ERROR = 2


def free_port(wanted: int, address: str = ADDRESS) -> int:
    """Return the wanted port of an address of this machine, or any free one for 0.

    Raises:
        UsageError: When the wanted port is taken, or the address is none of this machine.
    """
    family = socket.AF_INET6 if ":" in address else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((address, wanted))
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise UsageError(f"port {wanted} on {address} is taken; choose another with --port") from error
            raise UsageError(
                f"cannot listen on {address} at port {wanted} ({error.strerror}); give --address an address of this "
                "machine and --port a port above 1023"
            ) from error
        return int(probe.getsockname()[1])


def serve_dashboard(study: Study, port: int, address: str = ADDRESS, *, as_json: bool) -> int:
    """Serve the released results until interrupted: to this machine, or to people who sign in.

    Args:
        study: The study; with an ``access.yaml`` in its folder everybody has to sign in.
        port: Port to listen on; 0 takes any.
        address: Address to listen on; another than 127.0.0.1 only where people sign in.
        as_json: Whether the address is printed as JSON too.

    Returns:
        Exit code of the server.

    Raises:
        UsageError: When the address would show results to whoever reaches it, the access file or its secrets are not
            as expected, or the port is taken.
        EnvironmentFault: When others can read the secrets.
    """
    file = study.folder.resolve() / FILE
    if not file.exists() and address != ADDRESS:
        raise UsageError(
            f"--address {address} would show the results to whoever reaches it; say in {file} who may see them "
            f"(docs/how-to/let-people-sign-in.md), or leave --address out to serve {ADDRESS}"
        )
    taken = free_port(port, address)
    shown, arguments, named = f"http://{ADDRESS}:{taken}", [str(taken)], ""
    if file.exists():
        shown, named = read_access(file).address, str(file)
        read_secrets(file.parent)
        arguments += [address, str(urlsplit(shown).hostname)]
    _print_address("Dashboard", shown, as_json=as_json)
    return serve_together(
        [[sys.executable, "-m", "dashboard.launch", *arguments]],
        {"SENSEMAKING_RELEASES": str(study.releases.resolve()), VARIABLE: named},
    )


def serve_workbench(study: Study, port: int, *, as_json: bool) -> int:
    """Serve the methodologists' pages until interrupted; the copies that they read are removed then.

    Args:
        study: The study; it need not have been run.
        port: Port on 127.0.0.1; 0 takes any.
        as_json: Whether the address is printed as JSON too.

    Returns:
        Exit code of the server.

    Raises:
        UsageError: When the port is taken.
        WarehouseError: When no copies can be written to the folder of the warehouse.
    """
    taken = free_port(port)
    command = [sys.executable, "-m", "pipelines.workbench.launch", str(taken)]
    with room_for_copies(study.warehouse) as room:
        _print_address("Workbench", f"http://{ADDRESS}:{taken}", as_json=as_json)
        folders = {"SENSEMAKING_STUDY": study.folder.resolve(), "SENSEMAKING_COPIES": room.resolve()}
        return serve_together([command], {name: str(folder) for name, folder in folders.items()})


def serve_dagster(folders: Sequence[Path], port: int, *, as_json: bool) -> int:
    """Serve Dagster's own pages, and run schedules and sensors, until interrupted.

    Dagster's storage is that of the first study, where ``sensemaking run`` keeps it too. A study with faults is told
    and left out, as long as another has none.

    Args:
        folders: Folders of studies of different names.
        port: Port on 127.0.0.1; 0 takes any.
        as_json: Whether the address is printed as JSON too.

    Returns:
        Exit code of the first server that ended.

    Raises:
        UsageError: When no study can be used, two have the same name, a folder cannot stand in a list of folders, or
            the port is taken.
    """
    studies = _usable(folders)
    taken = free_port(port)
    home = (studies[0].warehouse / "dagster").resolve()
    home.mkdir(parents=True, exist_ok=True)
    write_settings(home, renew=True)
    if missing := lacking(home):
        say(f"{home / SETTINGS_FILE}: {missing}")
    with open_instance(home) as instance:
        for study in studies:
            instance.add_dynamic_partitions(f"wave_{study.name}", list(study.spec.waves))
    environment = {
        "DAGSTER_HOME": str(home),
        "DAGSTER_DISABLE_TELEMETRY": "1",
        STUDIES: os.pathsep.join(str(folder.resolve()) for folder in folders),
    }
    location = ["-m", "pipelines.definitions"]
    pages = [sys.executable, "-m", "dagster_webserver", "-h", ADDRESS, "-p", str(taken), *location]
    daemon = [sys.executable, "-m", "dagster._daemon", "run", *location]
    _print_address("Dagster", f"http://{ADDRESS}:{taken}", as_json=as_json)
    return serve_together([pages, daemon], environment)


def serve_together(commands: Sequence[Sequence[str]], environment: Mapping[str, str]) -> int:
    """Run servers side by side; when one ends or this process is told to stop, end them all.

    What they print goes to stderr: stdout belongs to this program's own results.

    Returns:
        Exit code of the first that ended; 0 after an interrupt.
    """
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    variables = {**os.environ, **environment}
    servers = [subprocess.Popen(command, env=variables, stdout=STANDARD_ERROR) for command in commands]  # noqa: S603
    try:
        while all(server.poll() is None for server in servers):
            time.sleep(LOOK_SECONDS)
        return next(server.returncode for server in servers if server.returncode is not None)
    except KeyboardInterrupt:
        return 0
    finally:
        for server in servers:
            if server.poll() is None:
                server.terminate()
        for server in servers:
            _wait(server)


def _usable(folders: Sequence[Path]) -> list[Study]:
    """Read the studies that are free of faults, and tell of the others."""
    for folder in folders:
        if os.pathsep in str(folder.resolve()):
            raise UsageError(f"a '{os.pathsep}' in the path {folder.resolve()} separates folders; rename the folder")
    loaded = load_studies([folder.resolve() for folder in folders])
    told = [f"{folder} is left out: {faults}" for folder, faults in loaded.left_out.items()]
    if not loaded.studies:
        raise UsageError("\n".join(told))
    for each in told:
        say(each)
    return loaded.studies


def _print_address(what: str, address: str, *, as_json: bool) -> None:
    if as_json:
        print_json({"address": address})
    say(f"{what}: {address} (Ctrl-C ends it)")


def _wait(server: subprocess.Popen[bytes]) -> None:
    try:
        server.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        server.kill()
        server.wait()
