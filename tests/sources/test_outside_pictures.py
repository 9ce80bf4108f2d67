"""Pictures of tasks by URL: guarded, fetched once, and no signature in what is kept."""

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from samples import encoded
from tasks import DATA
from web_site import WebSite

from tryon_core.errors import BadPicture, StorageError
from tryon_core.records import SampleLine
from tryon_core.sources import loading, open_source
from tryon_core.sources.task_file import outside_pictures

PAGES = {"init": encoded("green"), "mask": encoded("white"), "c": encoded("blue"), "words": b"no picture"}


@pytest.fixture
def site(monkeypatch):
    monkeypatch.setenv("TRYON_ALLOW_PRIVATE", "1")
    with WebSite(**PAGES) as server:
        yield server


@pytest.fixture
def little(monkeypatch):
    monkeypatch.setattr(outside_pictures, "MAX_URL_BYTES", 100)


def source_of(folder, site, tasks=1, signature="X-Sig=secret1", **given):
    pages = {"init_image_url": "init", "mask_image_url": "mask", "character_image_url": "c", **given}
    urls = {name: f"{site.url(page)}?{signature}" for name, page in pages.items()}
    urls = [{**urls, "init_image_url": f"{urls['init_image_url']}&n={number}"} for number in range(tasks)]
    document = [{"id": number, "data": {**DATA, **names, "id": number}} for number, names in enumerate(urls)]
    (folder / "tasks.json").write_text(json.dumps(document))
    return open_source(folder / "tasks.json")


def test_a_listing_holds_no_signature(tmp_path, site):
    source = source_of(tmp_path, site)
    listing = source.listing()
    assert listing.lines[0].pictures["init"] == site.url("init") and "secret1" not in listing.model_dump_json()
    assert source.load(listing.lines[0]).images["character"].getpixel((0, 0)) == (0, 0, 255)
    assert "init?X-Sig=secret1&n=0" in site.asked


def test_a_new_export_renews_the_signatures(tmp_path, site):
    listing = source_of(tmp_path, site).listing()
    later = source_of(tmp_path, site, signature="X-Sig=secret2")
    assert later.listing().digest == listing.digest and later.load(listing.lines[0])
    assert {"secret1" in asked for asked in site.asked} == {False}


def test_tasks_that_share_a_picture_fetch_it_once(tmp_path, site):
    source = source_of(tmp_path, site, tasks=8)
    with ThreadPoolExecutor(8) as pool:
        samples = list(pool.map(source.load, source.listing().lines))
    assert all(sample.images["mask"].getpixel((0, 0)) == (255, 255, 255) for sample in samples)
    pages = [asked.partition("?")[0] for asked in site.asked]
    assert (pages.count("mask"), pages.count("c"), pages.count("init")) == (1, 1, 8)


@pytest.mark.parametrize(
    ("page", "error", "words"),
    [
        ("gone", StorageError, "HTTP 404 .*; where its signature has expired, export the tasks again over the same"),
        ("words", BadPicture, "text/plain .* where picture was asked for"),
        ("c", BadPicture, "more than 100 bytes; not fetched"),
    ],
)
@pytest.mark.usefixtures("little")
def test_a_picture_that_is_not_given_is_a_sentence(tmp_path, site, page, error, words):
    source = source_of(tmp_path, site, init_image_url=page)
    with pytest.raises(error, match=words) as refused:
        source.load(source.listing().lines[0])
    assert "secret1" not in str(refused.value) and "\n" not in str(refused.value)


@pytest.mark.parametrize("host", ["127.0.0.1", "10.0.0.7", "169.254.169.254"])
def test_private_addresses_are_not_asked(tmp_path, monkeypatch, host):
    monkeypatch.delenv("TRYON_ALLOW_PRIVATE", raising=False)
    with pytest.raises(BadPicture, match="not on the public internet; .* set TRYON_ALLOW_PRIVATE=1"):
        outside_pictures.fetched(f"http://{host}/p.png")
    with pytest.raises(BadPicture, match=r"port 8080; .* set TRYON_ALLOW_PRIVATE=1"):
        outside_pictures.fetched(f"http://{host}:8080/p.png")


def test_a_task_that_names_another_picture_is_noticed(tmp_path, site):
    line = source_of(tmp_path, site).listing().lines[0]
    for changed in ({"init_image_url": "c"}, {"tasks": 0}):
        source = source_of(tmp_path, site, **changed)
        with pytest.raises(StorageError, match="/init.* (no longer names it as init of task 0|cannot be looked up)"):
            source.load(line)
    assert not site.asked


def test_only_files_of_tasks_are_fetched_for():
    line = SampleLine(sample_id="a", pictures={"init": "https://h/p.png?sig=secret1"})
    with pytest.raises(BadPicture, match="init of a: no URL is fetched here; download https://h/p.png or copy") as no:
        loading.load(line, None)
    assert "secret1" not in str(no.value)
