"""VITON-HD and DressCode as handed out: pair files, both protocols, and the sentences where a file is missing."""

import pytest
from samples import DRESSCODE, VITON_HD, encoded, laid_out

from tryon_core.errors import BadInput, BadManifest, BadPicture
from tryon_core.sources import open_source
from tryon_core.storage import s3


@pytest.fixture
def viton_hd(tmp_path):
    return laid_out(tmp_path / "VITON-HD", VITON_HD)


@pytest.fixture
def dresscode(tmp_path):
    return laid_out(tmp_path / "DressCode", DRESSCODE)


def test_paired_persons_wear_their_own_garment(viton_hd):
    first, second = open_source(f"viton-hd:{viton_hd}").listing().lines
    assert (first.sample_id, second.sample_id) == ("01_00", "02_00")
    assert first.pictures == dict.fromkeys(("person", "truth"), "test/image/01_00.jpg") | {
        "garment": "test/cloth/01_00.jpg"
    }
    facts = {"dataset": "viton-hd", "protocol": "paired", "split": "test", "file": "01_00.jpg"}
    assert first.known == {**facts, "garment_type": "upper_body"} and first.hints.garment_type == "upper_body"


def test_unpaired_persons_have_no_true_picture(viton_hd):
    source = open_source(f"viton-hd:{viton_hd}:unpaired")
    first = source.listing().lines[0]
    assert first.pictures == {"person": "test/image/01_00.jpg", "garment": "test/cloth/02_00.jpg"}
    assert source.load(first).images["garment"].getpixel((5, 5)) == (0, 0, 0)


def test_a_paired_file_goes_before_the_plain_one(viton_hd):
    (viton_hd / "test_pairs_paired.txt").write_text("02_00.jpg 02_00.jpg\n")
    assert [line.sample_id for line in open_source(f"viton-hd:{viton_hd}:paired:test").listing().lines] == ["02_00"]
    assert len(open_source(f"viton-hd:{viton_hd}:unpaired").listing().lines) == 2


def test_an_agnostic_person_hides_the_truth(viton_hd):
    first = open_source(f"viton-hd:{viton_hd}:agnostic:masked").listing().lines[0]
    assert first.pictures["person"] == "test/agnostic-v3.2/01_00.jpg"
    assert first.pictures["truth"] == "test/image/01_00.jpg"
    assert first.pictures["mask"] == "test/agnostic-mask/01_00_mask.png" and first.known["agnostic"] is True


def test_training_pairs_have_files_of_their_own(viton_hd):
    (line,) = open_source(f"viton-hd:{viton_hd}:train").listing().lines
    assert line.pictures["garment"] == "train/cloth/07_00.jpg" and line.known["split"] == "train"


def test_a_third_column_names_the_folder(dresscode):
    lines = open_source(f"dresscode:{dresscode}").listing().lines
    ids = ["upper_body-3_0", "upper_body-5_0", "lower_body-1_0", "dresses-2_0"]
    assert [line.sample_id for line in lines] == ids
    assert lines[2].pictures["truth"] == "lower_body/images/1_0.jpg" and lines[2].known["category"] == "lower_body"


def test_one_part_needs_only_its_files(dresscode):
    (line,) = open_source(f"dresscode:{dresscode}:dresses:unpaired").listing().lines
    assert line.pictures == {"person": "dresses/images/4_0.jpg", "garment": "dresses/images/2_1.jpg"}
    assert (line.known["category"], line.hints.garment_type) == ("dresses", "dress")
    with pytest.raises(BadInput, match="no lower_body/test_pairs_unpaired.txt and no test_pairs_unpaired.txt; put"):
        open_source(f"dresscode:{dresscode}:unpaired").listing()


def test_a_person_with_two_garments_has_two_ids(dresscode):
    lines = open_source(f"dresscode:{dresscode}:upper_body:unpaired").listing().lines
    assert [line.sample_id for line in lines] == ["upper_body-3_0-5_1", "upper_body-3_0-3_1"]


def test_the_first_missing_picture_is_named(viton_hd):
    (viton_hd / "test/cloth/02_00.jpg").unlink()
    with pytest.raises(BadInput, match=r"test/cloth/02_00.jpg is not there \(line 2 of test_pairs.txt\); restore it"):
        open_source(f"viton-hd:{viton_hd}").listing()


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("../secret.jpg 01_00.jpg", "line 1: wanted are two file names and at most a folder"),
        ("01_00.jpg", "line 1: wanted are two file names"),
        ("01_00.jpg 01_00.jpg\n01_00.jpg 01_00.jpg", "line 2: 01_00.jpg and 01_00.jpg are a pair of an earlier line"),
        ("01_00.jpg 01_00.jpg\n01_00.jpg 02_00.jpg", "line 2: 01_00.jpg does not wear 02_00.jpg"),
    ],
)
def test_a_bad_line_is_named(viton_hd, text, problem):
    (viton_hd / "test_pairs_paired.txt").write_text(text)
    with pytest.raises(BadManifest, match=problem):
        open_source(f"viton-hd:{viton_hd}").listing()


def test_a_list_of_own_garments_is_not_unpaired(viton_hd):
    (viton_hd / "test_pairs.txt").write_text("01_00.jpg 01_00.jpg\n")
    with pytest.raises(BadInput, match="gives every person their own garment: it is no list for unpaired"):
        open_source(f"viton-hd:{viton_hd}:unpaired").listing()


def test_links_out_of_a_data_set_are_not_followed(viton_hd, tmp_path):
    (tmp_path / "secret.jpg").write_bytes(encoded())
    (viton_hd / "test/image/01_00.jpg").unlink()
    (viton_hd / "test/image/01_00.jpg").symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(BadInput, match="test/image/01_00.jpg a link that leads out of the folder"):
        open_source(f"viton-hd:{viton_hd}").listing()
    (viton_hd / "test_pairs_paired.txt").symlink_to(tmp_path / "secret.jpg")
    with pytest.raises(BadPicture, match="leads out of its folder"):
        open_source(f"viton-hd:{viton_hd}").listing()


@pytest.mark.parametrize(
    ("where", "problem"),
    [
        ("viton-hd:", "names no folder; write viton-hd:PATH"),
        ("viton-hd:/x:paired:unpaired", "asks for paired and unpaired"),
        ("viton-hd:/x:dresses", "VITON-HD has no dresses"),
        ("dresscode:/x:agnostic", "DressCode comes without agnostic pictures"),
        ("dresscode:/nowhere", "there is no folder '/nowhere' that could hold dresscode"),
        ("vitonhd:/x", "viton-hd:PATH or dresscode:PATH"),
    ],
)
def test_a_bad_name_is_refused_at_once(where, problem):
    with pytest.raises(BadInput, match=problem):
        open_source(where)


def test_a_bucket_holds_a_data_set_too(bucket, viton_hd):
    for key, data in VITON_HD.items():
        s3.put(bucket, f"sets/{key}", data)
    there, here = open_source(f"viton-hd:s3://{bucket}/sets:paired"), open_source(f"viton-hd:{viton_hd}")
    far, near = there.listing().lines, here.listing().lines
    assert [line.sample_id for line in far] == [line.sample_id for line in near] and set(far[0].etags) == {
        "person",
        "garment",
        "truth",
    }
    assert there.load(far[0]) == here.load(near[0])
