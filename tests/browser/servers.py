"""JupyterLab and Voila on loopback over a copy of the project, so that a test may write where it likes."""

import json
import os
import re
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import psutil
from committed import FOLDER, committed_notebooks

PROJECT = Path(__file__).resolve().parent.parent.parent
NOTEBOOKS = [path.name for path in committed_notebooks()]
TOKEN = "only-for-this-test"
STARTED_S = 60  # a busy machine takes long; a server that died is told at once


@dataclass(frozen=True)
class Server:
    """A server that answers. `folder` is the project it serves, `url` has no slash at the end."""

    url: str
    folder: Path
    process: psutil.Process
    ends_kernels: str  # METHOD and path of what ends a kernel

    def page(self, path: str) -> str:
        """The address of one of its pages, with the token."""
        return f"{self.url}/{path}{'&' if '?' in path else '?'}token={TOKEN}"

    def kernels(self) -> set[str]:
        """The ids of its kernels, as their connection files are named: Voila lists them nowhere."""
        commands = [" ".join(child.cmdline()) for child in self.process.children()]
        return set(re.findall(r"kernel-([0-9a-f-]{36})\.json", " ".join(commands)))

    def end_kernel(self, kernel: str) -> None:
        method, path = self.ends_kernels.split()
        request = urllib.request.Request(self.page(f"{path}/{kernel}"), method=method)
        with urllib.request.urlopen(request, timeout=STARTED_S):
            pass

    def newest_branch(self, sample_id: str) -> dict:
        """What was written last under branches/ of any run."""
        found = self.folder.glob(f"runs/*/branches/{sample_id}/*.json")
        return json.loads(max(found, key=lambda path: path.stat().st_mtime_ns).read_text())


RUNNING: list[Server] = []  # of this process


def kernels() -> set[str]:
    """The ids of all kernels of all servers."""
    return {kernel for server in RUNNING for kernel in server.kernels()}


def end_kernels(but: set[str] = frozenset()) -> None:
    """End all kernels but these: each holds up to a gigabyte, and a page that is closed leaves its own behind."""
    for server in RUNNING:
        for kernel in server.kernels() - but:
            server.end_kernel(kernel)


def copy_of_the_project(folder: Path) -> Path:
    """What a notebook needs of the project; the package itself is the installed one."""
    for place in (FOLDER, PROJECT / "data_manifests"):
        shutil.copytree(place, folder / place.name)
    return folder


@contextmanager
def jupyterlab(folder: Path, logs: Path) -> Iterator[Server]:
    """JupyterLab over `folder`. It starts with settings of its own: no question about news covers a button."""
    settings = logs / "lab-settings/@jupyterlab/apputils-extension/notification.jupyterlab-settings"
    settings.parent.mkdir(parents=True)
    settings.write_text(json.dumps({"checkForUpdates": False, "fetchNews": "false"}))
    port = free_port()
    arguments = [
        "--allow-root",
        f"--ServerApp.port={port}",
        "--ServerApp.ip=127.0.0.1",
        "--ServerApp.port_retries=0",
        f"--ServerApp.root_dir={folder}",
        f"--IdentityProvider.token={TOKEN}",
    ]
    with _running("jupyterlab", arguments, folder, logs) as process:
        server = Server(f"http://127.0.0.1:{port}", folder, process, "DELETE api/kernels")
        _wait_for(server.page("api/status"), logs / "jupyterlab.log")
        yield from _listed(server)


@contextmanager
def voila(folder: Path, logs: Path) -> Iterator[Server]:
    """Voila over the notebooks of `folder`, with the settings that pip installed and no others."""
    port = free_port()
    arguments = [
        str(folder / "notebooks"),
        f"--port={port}",
        "--Voila.ip=127.0.0.1",
        "--Voila.port_retries=0",
        f"--Voila.token={TOKEN}",
    ]
    with _running("voila", arguments, folder, logs) as process:
        server = Server(f"http://127.0.0.1:{port}", folder, process, "POST voila/api/shutdown")
        _wait_for(server.page("voila/tree"), logs / "voila.log")
        yield from _listed(server)


def _listed(server: Server) -> Iterator[Server]:
    """The server, in RUNNING as long as it is used."""
    RUNNING.append(server)
    yield server
    RUNNING.remove(server)


def free_port() -> int:
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


@contextmanager
def _running(module: str, arguments: list[str], folder: Path, logs: Path) -> Iterator[psutil.Process]:
    """A Jupyter application that sees nothing of the user's own settings and is gone afterwards."""
    own = {
        "JUPYTER_CONFIG_DIR": logs / "config",
        "JUPYTER_DATA_DIR": logs / "data",
        "JUPYTER_RUNTIME_DIR": logs / "runtime",
        "JUPYTERLAB_SETTINGS_DIR": logs / "lab-settings",
        "JUPYTERLAB_WORKSPACES_DIR": logs / "lab-workspaces",
        "IPYTHONDIR": logs / "ipython",
    }
    with (logs / f"{module}.log").open("w") as log:
        command = [sys.executable, "-m", module, "--no-browser", *arguments]
        environment = {**os.environ, **{name: str(path) for name, path in own.items()}}
        process = subprocess.Popen(command, cwd=folder, env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        yield psutil.Process(process.pid)
    finally:
        process.terminate()  # a server ends its kernels
        try:
            process.wait(20)
        except subprocess.TimeoutExpired:
            process.kill()


def _wait_for(address: str, log: Path) -> None:
    until = time.monotonic() + STARTED_S
    while True:
        try:
            with urllib.request.urlopen(address, timeout=5):
                return
        except OSError as e:
            if time.monotonic() > until:
                raise RuntimeError(f"no server after {STARTED_S} s ({e}):\n{log.read_text()[-2000:]}") from e
        time.sleep(0.1)
