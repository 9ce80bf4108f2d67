"""Fixtures every test may use: an S3 server on this machine, a bucket in it, a way to spoil its answers; and marks."""

import json
import os
import sys
import uuid
from pathlib import Path

import pytest
from doubles import picture
from faulty_s3 import FaultyS3
from hypothesis import settings
from marks import MARKS, Guard, checking, left_out, marks_of, slowness, spare_examples
from memory import release_after, set_aside

from tryon_core.storage import s3

settings.register_profile("ours", deadline=None, database=None)  # a busy machine is no failure; nothing is left behind
settings.register_profile("quick", settings.get_profile("ours"), max_examples=10, derandomize=True)


def pytest_configure(config):
    for mark, meaning in MARKS.items():
        config.addinivalue_line("markers", f"{mark}: {meaning}")
    if not hasattr(config, "workerinput"):
        config.pluginmanager.register(NamesFailures(config))
    os.environ["TRYON_ENV_FILE"] = os.devnull  # nothing of the machine's own .env is seen, by child processes neither
    settings.load_profile("quick" if checking(config) else "ours")
    if checking(config):
        sys.meta_path.insert(0, Guard())


class NamesFailures:
    """Writes a failure's name when it happens: a log that ends too soon holds it all the same."""

    def __init__(self, config):
        self.config = config

    def pytest_runtest_logreport(self, report):
        if report.failed:
            reporter = self.config.pluginmanager.get_plugin("terminalreporter")
            reporter.ensure_newline()
            reporter.write_line(f"failed at {report.when}: {report.nodeid}")


def pytest_ignore_collect(collection_path, config):
    return True if checking(config) and left_out(collection_path, Path(__file__).parent) else None


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(config, items):
    for item in items:
        if checking(config):
            spare_examples(item)
        for mark in marks_of(item, Path(__file__).parent):
            item.add_marker(mark)
    items.sort(key=slowness)  # the longest files begin first, so that two workers end alike


def pytest_collection_finish():
    set_aside()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item, nextitem):
    yield
    release_after(item, nextitem)


@pytest.fixture(scope="session")
def s3_server():
    """The address of a moto server; it keeps objects in memory and knows conditional puts."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer(ip_address="127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def aws(monkeypatch):
    """An environment of AWS_ variables of this test alone; nothing of the machine's own configuration is seen."""
    for name in (*s3.VARIABLES, "S3_BUCKET_NAME"):
        monkeypatch.delenv(name, raising=False)
    for name in ("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"):
        monkeypatch.setenv(name, "/nonexistent")  # the same for every test, which then share a client
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    return monkeypatch.setenv


@pytest.fixture
def bucket(s3_server, aws):
    """The name of a fresh, empty bucket the environment leads to."""
    aws("AWS_ENDPOINT_URL", s3_server)
    aws("AWS_ACCESS_KEY_ID", "testkeyid")
    aws("AWS_SECRET_ACCESS_KEY", "testsecret")
    aws("AWS_REGION_NAME", "us-east-1")
    name = f"test-{uuid.uuid4().hex[:12]}"
    s3.client().create_bucket(Bucket=name)
    return name


@pytest.fixture
def faulty(s3_server, bucket, aws):
    """A FaultyS3 in front of the server; the environment leads to it."""
    server = FaultyS3(s3_server)
    aws("AWS_ENDPOINT_URL", server.url)
    yield server
    server.shutdown()
    server.server_close()


@pytest.fixture(scope="session")
def manifest(tmp_path_factory):
    """Four samples of three persons and two garments."""
    folder = tmp_path_factory.mktemp("pictures")
    for colour in ("red", "green", "blue", "white", "black"):
        picture(colour).save(folder / f"{colour}.png")
    pairs = [("red", "white"), ("green", "white"), ("blue", "black"), ("red", "black")]
    lines = [{"sample_id": f"s{i}", "person": f"{p}.png", "garment": f"{g}.png"} for i, (p, g) in enumerate(pairs)]
    (folder / "samples.jsonl").write_text("\n".join(json.dumps(line) for line in lines))
    return folder / "samples.jsonl"


def pytest_terminal_summary(terminalreporter):
    """What tests measured or left behind, each once."""
    passed = terminalreporter.stats.get("passed", [])
    told = (text for report in passed for name, text in report.user_properties if name == "told")
    for text in dict.fromkeys(told):
        terminalreporter.write_line(text)
