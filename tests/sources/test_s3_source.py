"""A bucket as a source: layout, manifest, frozen ETags, and the sentences of a first wrong try."""

import pytest
from samples import LAYOUT, SKIPPED, encoded, line

from tryon_core.errors import BadInput, BadManifest, StorageError
from tryon_core.sources import Listing, open_source
from tryon_core.storage import s3


def stored(bucket, prefix=""):
    for key, data in LAYOUT.items():
        s3.put(bucket, prefix + key, data)
    return f"s3://{bucket}/{prefix}"


def test_a_bucket_is_listed_with_etags(bucket):
    listing = open_source(stored(bucket)).listing()
    first = listing.lines[0]
    assert first.pictures["person"] == f"s3://{bucket}/easy/female/initial_image/12_partition_0_1.png"
    assert first.etags["person"] == s3.get(*s3.split(first.pictures["person"]))[1] and set(first.etags) == set(
        first.pictures
    )
    assert {skipped.key for skipped in listing.skipped} == set(SKIPPED)


def test_prefixes_and_folders_hold_the_same(bucket, tmp_path):
    for key, data in LAYOUT.items():
        (tmp_path / key).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / key).write_bytes(data)
    there, here = open_source(stored(bucket, "a/b/")), open_source(tmp_path)
    assert there.where == f"s3://{bucket}/a/b" and there.listing().skipped == here.listing().skipped
    for far, near in zip(there.listing().lines, here.listing().lines, strict=True):
        assert there.load(far) == here.load(near)


def test_the_environment_names_the_default_bucket(bucket, aws):
    with pytest.raises(BadInput, match="no source is given and S3_BUCKET_NAME is not set; name a manifest"):
        open_source()
    stored(bucket)
    aws("S3_BUCKET_NAME", bucket)
    assert open_source().where == f"s3://{bucket}" and open_source(limit=1).listing().found == 2


def test_runs_beside_samples_are_not_entered(faulty, bucket):
    url = stored(bucket)
    for number in range(30):
        s3.put(bucket, f"runs/a/calls/{number}.json", b"{}")
    faulty.requests.clear()
    reasons = {skipped.key: skipped.reason for skipped in open_source(url).listing().skipped}
    assert "another folder" in reasons["runs/"] and not [request for request in faulty.requests if "runs" in request]


def test_a_changed_picture_is_not_used(bucket):
    source = open_source(stored(bucket))
    kept = Listing.model_validate_json(source.listing().model_dump_json())
    s3.put(bucket, "hard/male/cloth_image/tom.png", encoded("yellow"))
    assert source.load(kept.lines[0]).sample_id == "easy-female-12_partition_0_1"
    with pytest.raises(StorageError, match="cloth_image/tom.png: it changed since the run was listed; start a new run"):
        source.load(kept.lines[1])


def test_a_cut_body_is_read_again(faulty, bucket):
    source = open_source(stored(bucket))
    [*_, tom] = source.listing().lines
    faulty.faults[:] = ["cut", "", "flip"]
    assert source.load(tom).images["garment"].getpixel((5, 5)) == (0, 0, 0)


@pytest.mark.parametrize("place", ["m/manifest.jsonl", "m/", "m/mine.jsonl"])
def test_bucket_manifests_name_neighbours_and_urls(bucket, place):
    key = place if place.endswith("l") else "m/manifest.jsonl"
    s3.put(bucket, key, line(garment=f"s3://{bucket}/else/g.png").encode())
    s3.put(bucket, "m/p.png", encoded("red"))
    s3.put(bucket, "else/g.png", encoded("blue"))
    source = open_source(f"s3://{bucket}/{place}")
    [sample] = source.listing().lines
    assert sample.pictures["person"] == f"s3://{bucket}/m/p.png"
    assert source.load(sample).images["garment"].getpixel((5, 5)) == (0, 0, 255)


@pytest.mark.parametrize("name", ["/etc/hostname.png", "../p.png", "a//p.png", "https://h/p.png", "s3://B/p.png"])
def test_bucket_manifests_read_no_local_file(bucket, name):
    s3.put(bucket, "m.jsonl", f"{line('ok')}\n{line(person=name)}".encode())
    with pytest.raises(BadManifest, match=f"s3://{bucket}/m.jsonl, line 2: person"):
        open_source(f"s3://{bucket}/m.jsonl").listing()


def test_missing_manifests_differ_from_empty_prefixes(bucket):
    with pytest.raises(StorageError, match=f"s3://{bucket}/m.jsonl: there is no such object"):
        open_source(f"s3://{bucket}/m.jsonl").listing()
    with pytest.raises(BadInput, match=f"s3://{bucket}/nothing: empty; put a manifest.jsonl there, or .easy"):
        open_source(f"s3://{bucket}/nothing/").listing()


def test_missing_buckets_and_credentials_are_sentences(faulty, bucket):
    with pytest.raises(StorageError, match="there is no such bucket at http://127.0.0.1:"):
        open_source("s3://no-such-bucket/x").listing()
    faulty.faults[:] = ["SignatureDoesNotMatch"]
    with pytest.raises(StorageError, match="the secret does not belong to this key id; set AWS_ACCESS_KEY_ID"):
        open_source(f"s3://{bucket}").listing()


def test_an_impossible_location_is_refused_first(aws):
    with pytest.raises(BadInput, match="'s3://My_Bucket/x' is no S3 location; write s3://BUCKET or s3://BUCKET/PREFIX"):
        open_source("s3://My_Bucket/x")


@pytest.mark.parametrize("manifested", [False, True])
def test_who_asks_pays_for_everything_that_is_read(faulty, bucket, manifested):
    place = stored(bucket)
    if manifested:
        first = open_source(place).listing().lines[0]
        s3.put(bucket, "set/manifest.jsonl", line(**first.pictures).encode())
        place = f"s3://{bucket}/set"
    faulty.headers.clear()
    source = open_source(place, requester_pays=True)
    source.load(source.listing().lines[0])
    assert {headers.get("x-amz-request-payer") for headers in faulty.headers} == {"requester"}
    assert len(faulty.headers) >= 4


def test_a_prefix_may_hold_cloths_alone(bucket):
    for name in ("blouse.png", "tee.png"):
        s3.put(bucket, f"shop/cloths/{name}", encoded())
    s3.put(bucket, "shop/cloths/price.csv", b"1")
    source = open_source(f"s3://{bucket}/shop/cloths", needs=["garment"])
    listing = source.listing()
    assert [line.sample_id for line in listing.lines] == ["blouse", "tee"] and listing.skipped[0].key == "price.csv"
    assert listing.lines[0].etags.keys() == {"garment"} and source.load(listing.lines[0]).images.keys() == {"garment"}
    with pytest.raises(BadInput, match="3 files and folders, but no sample"):
        open_source(f"s3://{bucket}/shop/cloths").listing()
