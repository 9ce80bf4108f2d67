"""The main job on a fresh laptop, `make demo`: demo samples into an S3 server on loopback, the batch notebook headless
over them, the run copied to disk, one HTML report.

    python -m tryon_core.recipes.demo [FOLDER]      FOLDER: where the run goes, runs/demo by default
"""

import argparse
import json
import logging
import os
import shutil
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from ..errors import StorageError, TryonError
from ..runs.kept.documents import read_records
from ..runs.kept.info import read_info
from ..runs.notebook.progress import tqdm
from ..storage import s3
from ..storage.store import FolderStore, Store, open_store

PROJECT = Path(__file__).resolve().parents[2]
BUCKET, SAMPLES, RUN = "tryon-demo", "samples", "runs/demo"
SEED = 3  # drafts from noise: the best blind ones leave the loop nothing to correct
ROLE_FOLDERS = {"person": "initial_image", "garment": "cloth_image", "truth": "try_on_image"}


def main(folder: Path) -> None:
    """Run the demo into `folder`, replacing an earlier demo run there."""
    started = time.perf_counter()
    _clear(folder)
    with loopback_s3():
        lines = upload_samples(PROJECT / "data_manifests/demo.jsonl")
        output = f"s3://{BUCKET}/{RUN}"
        with _watched(open_store(output), lines):
            parameters = {"source": f"s3://{BUCKET}/{SAMPLES}", "output": output, "seed": SEED}
            execute("10_batch", folder / "10_batch.ipynb", parameters)
        copy_run(open_store(output), FolderStore(folder))
    execute("11_report", folder / "11_report.ipynb", {"run": str(folder.resolve())}, progress=True)
    print(in_words(FolderStore(folder), time.perf_counter() - started))


@contextmanager
def loopback_s3() -> Iterator[str]:
    """An S3 server on a free loopback port, in the environment for boto3 and for kernels started meanwhile."""
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # not a line for every request
    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    environment = {
        "AWS_ENDPOINT_URL": f"http://{host}:{port}",
        "AWS_ACCESS_KEY_ID": "demo",
        "AWS_SECRET_ACCESS_KEY": "demo",
        "AWS_REGION_NAME": "ap-south-1",
    }
    before = {name: os.environ.get(name) for name in environment}
    os.environ.update(environment)
    try:
        yield environment["AWS_ENDPOINT_URL"]
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
        server.stop()


def upload_samples(manifest: Path) -> int:
    """Put a manifest's pictures into the bucket under the reference's keys; returns how many samples there are.

    {difficulty}/{gender}/{initial_image | cloth_image | try_on_image}/{sample_id}.jpg
    """
    s3.client().create_bucket(Bucket=BUCKET, CreateBucketConfiguration={"LocationConstraint": "ap-south-1"})
    samples = [json.loads(line) for line in manifest.read_text().splitlines()]
    for sample in tqdm(samples, desc="upload", unit="sample"):
        for role, folder in ROLE_FOLDERS.items():
            path = manifest.parent / sample[role]
            key = f"{SAMPLES}/{sample['difficulty']}/{sample['gender']}/{folder}/{sample['sample_id']}{path.suffix}"
            s3.put(BUCKET, key, path.read_bytes())
    return len(samples)


def execute(notebook: str, output: Path, parameters: dict[str, str | int], progress: bool = False) -> None:
    """Run one of our notebooks headless through papermill, from the project's folder; `progress` counts its cells."""
    import papermill

    output.parent.mkdir(parents=True, exist_ok=True)
    papermill.execute_notebook(
        str(PROJECT / f"notebooks/{notebook}.ipynb"),
        str(output),
        parameters=parameters,
        cwd=str(PROJECT),
        engine_name="tryon",
        progress_bar={"desc": notebook, "unit": "cell"} if progress else False,
        request_save_on_cell_execute=False,
        autosave_cell_every=0,
        execution_timeout=1800,
        extra_arguments=["--log-level=50"],  # the kernel's warnings about its own transport help nobody here
    )


def copy_run(source: Store, target: Store) -> None:
    """Copy a whole run, object by object."""
    for key in tqdm(list(source.keys()), desc="copy the run", unit="file"):
        target.create(key, source.read(key) or b"")


def in_words(store: Store, seconds: float) -> str:
    """Where to look and what came out, one fact a line."""
    from ..view.report.page import report_place

    records = read_records(store)
    accepted: dict[int, int] = {}
    for record in records:
        if record.outcome == "accepted":
            accepted[len(record.attempts)] = accepted.get(len(record.attempts), 0) + 1
    others: dict[str, list[str]] = {}
    for record in records:
        if record.outcome != "accepted":
            others.setdefault(record.outcome, []).append(record.sample_id)
    passed = [f"  {count} accepted at attempt {number}" for number, count in sorted(accepted.items())]
    failed = [f"  {len(ids)} {outcome.replace('_', ' ')}: {', '.join(ids)}" for outcome, ids in sorted(others.items())]
    return "\n".join(
        [
            f"{len(records)} samples in {seconds:.0f} s",
            *passed,
            *failed,
            f"report  {report_place(store.url)}",
            f"run     {store.url}",
        ]
    )


@contextmanager
def _watched(store: Store, total: int) -> Iterator[None]:
    """A progress bar over finished samples, read from the run while the notebook works in its own kernel."""
    done = threading.Event()

    def watch() -> None:
        with tqdm(total=total, desc="10_batch", unit="sample") as bar:
            while not done.wait(1.0):
                bar.update(sum(record.outcome != "running" for record in read_records(store)) - bar.n)
            bar.update(sum(record.outcome != "running" for record in read_records(store)) - bar.n)

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    try:
        yield
    finally:
        done.set()
        watcher.join()


def _clear(folder: Path) -> None:
    """Remove an earlier demo run; anything else in that place is left alone and named."""
    if not folder.exists() or not any(folder.iterdir()):
        return
    if (
        not (folder / "run.json").exists()
        or read_info(FolderStore(folder)).parameters["source"] != f"s3://{BUCKET}/{SAMPLES}"
    ):
        raise StorageError(f"{folder} holds something else than a demo run; give another folder or move it away")
    shutil.rmtree(folder)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(
        prog="python -m tryon_core.recipes.demo", description=(__doc__ or "").splitlines()[0]
    )
    parser.add_argument(
        "folder", nargs="?", type=Path, default=Path("runs/demo"), help="where the run goes (runs/demo)"
    )
    try:
        main(parser.parse_args().folder)
    except TryonError as error:
        sys.exit(f"{type(error).__name__}: {error}")
