"""Marked copies of a run's pictures, read back by the C2PA library itself."""

import io
import json
import traceback
from pathlib import Path

import c2pa
import certificates
import pytest
import traced_runs
from certificates import certificate, key_pem, new_key, pem
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import PrivateFormat
from cryptography.x509.oid import ExtendedKeyUsageOID
from doubles import Lottery, run
from PIL import Image

from tryon_core.errors import BadInput, StorageError
from tryon_core.images import digest, from_png
from tryon_core.models.embedded import LICENCES
from tryon_core.provenance import export
from tryon_core.provenance.__main__ import main
from tryon_core.provenance.mark_words import LINEAGE, source_type
from tryon_core.records import ModelCard
from tryon_core.runs.batch import run_batch
from tryon_core.runs.parameters import BatchParameters
from tryon_core.runs.reading import open_run
from tryon_core.storage import s3


@pytest.fixture(scope="module")
def done(manifest, tmp_path_factory):
    """A run of one sample, whose source says what may be done with it."""
    line = {**json.loads(manifest.read_text().splitlines()[0]), "consent": "written, 2026-05-04"}
    (manifest.parent / "agreed.jsonl").write_text(json.dumps({**line, "licence": "CC0-1.0"}))
    return run(manifest.parent / "agreed.jsonl", tmp_path_factory.mktemp("run") / "run").url


@pytest.fixture(scope="module")
def signer(tmp_path_factory):
    """The arguments of a good chain and its key."""
    folder, key = tmp_path_factory.mktemp("signer"), new_key()
    (folder / "chain.pem").write_bytes(pem(certificate(key), certificates.authority()[1]))
    (folder / "key.pem").write_bytes(key_pem(key))
    return {"certificate": str(folder / "chain.pem"), "key": str(folder / "key.pem")}


@pytest.fixture(scope="module")
def marked(done, signer, tmp_path_factory):
    (one,) = export(done, str(tmp_path_factory.mktemp("out")), **signer)
    return one


def manifest_in(data):
    """(the manifest, whether its signature and hashes hold), by the library."""
    reader = c2pa.Reader("image/png", io.BytesIO(data))
    return reader.get_active_manifest(), reader.get_validation_state()


def test_a_marked_picture_has_the_run_s_pixels(done, marked):
    (record,) = open_run(done).records
    assert marked.picture == record.steps[record.chosen - 1].picture == digest(from_png(Path(marked.file).read_bytes()))
    assert marked.file.endswith(f"/s0_step{record.chosen}.png")
    assert Image.open(marked.file).tobytes() == open_run(done).picture(marked.picture).tobytes()


def test_the_mark_is_valid_and_says_what_drew(done, marked):
    read_back, state = manifest_in(Path(marked.file).read_bytes())
    actions, lineage = (one["data"] for one in read_back["assertions"])
    (created,) = actions["actions"]
    assert state == "Valid" and created["action"] == "c2pa.created"
    assert created["digitalSourceType"].endswith("/compositeWithTrainedAlgorithmicMedia")
    assert created["softwareAgent"] == {"name": "painter (scripted)", "version": "1"}
    assert (lineage["flow"], lineage["sample_id"], lineage["pixels_sha256"]) == ("closed_loop", "s0", marked.picture)
    assert [model["name"] for model in lineage["models"]] == ["painter"] and "scripted" in lineage["caution"]


def test_the_mark_names_sources_and_their_terms(done, marked):
    read_back, _ = manifest_in(Path(marked.file).read_bytes())
    (record,) = open_run(done).records
    sources = {one["title"]: one["instance_id"] for one in read_back["ingredients"]}
    assert sources == {role: f"sha256:{picture}" for role, picture in record.pictures.items()}
    assert all(one["relationship"] == "inputTo" for one in read_back["ingredients"])
    assert "licence: CC0-1.0; consent: written, 2026-05-04" in read_back["ingredients"][0]["description"]
    person, _ = next(one["data"]["sources"] for one in read_back["assertions"] if one["label"] == LINEAGE)
    assert person["role"] == "person" and person["consent"] == "written, 2026-05-04"


def test_each_model_that_drew_is_an_action(signer, tmp_path):
    """A face swapper, then a generator on a crop; the flow itself says nothing of its pictures."""
    done = traced_runs.run(traced_runs.shelf(tmp_path), "test_swap", tmp_path / "run", limit=1).url
    (one,) = export(done, str(tmp_path / "out"), **signer)
    read_back, state = manifest_in(Path(one.file).read_bytes())
    actions = read_back["assertions"][0]["data"]["actions"]
    assert state == "Valid" and [action["action"] for action in actions] == ["c2pa.created", "c2pa.edited"]
    assert [action["softwareAgent"]["name"] for action in actions] == ["swapper (scripted)", "painter (scripted)"]
    assert actions[1]["description"] == "generator of the flow test_swap"


def test_a_mark_is_lost_by_saving_again(marked):
    again = io.BytesIO()
    Image.open(marked.file).save(again, "PNG")
    with pytest.raises(c2pa.C2paError, match="no JUMBF data found"):
        manifest_in(again.getvalue())


def test_a_changed_picture_breaks_the_mark(marked):
    data = bytearray(Path(marked.file).read_bytes())
    data[data.rindex(b"IDAT") + 20] ^= 1
    assert manifest_in(bytes(data))[1] == "Invalid"


def test_nothing_of_the_key_or_places_goes_along(manifest, marked, signer):
    data = Path(marked.file).read_bytes()
    assert not [line for line in Path(signer["key"]).read_bytes().split(b"\n")[1:-2] if line in data]
    assert str(manifest.parent).encode() not in data and b"red.png" not in data


def test_every_step_is_marked_on_request(done, signer, tmp_path):
    (record,) = open_run(done).records
    every = export(done, str(tmp_path / "out"), every=True, **signer)
    assert [one.step for one in every] == [step.number for step in record.steps] and len(every) > 1


def test_marks_go_to_a_bucket(done, signer, bucket):
    (one,) = export(done, f"s3://{bucket}/marked", **signer)
    data, _ = s3.get(bucket, one.file.removeprefix(f"s3://{bucket}/"))
    assert manifest_in(data)[1] == "Valid"


@pytest.mark.parametrize("curve", [ec.SECP384R1, ec.SECP521R1])
def test_a_key_on_another_curve_signs(done, tmp_path, curve):
    key = new_key(curve)
    (tmp_path / "c.pem").write_bytes(pem(certificate(key), certificates.authority()[1]))
    (tmp_path / "k.pem").write_bytes(key_pem(key, form=PrivateFormat.TraditionalOpenSSL))  # as openssl ecparam writes
    (one,) = export(done, str(tmp_path / "out"), certificate=str(tmp_path / "c.pem"), key=str(tmp_path / "k.pem"))
    assert manifest_in(Path(one.file).read_bytes())[1] == "Valid"


def chain(key, **given):
    return pem(certificate(key, **given), certificates.authority()[1])


def spoiled(key):
    return key_pem(key)[:90] + b"SECRETS" + key_pem(key)[97:]


def refused(tmp_path, certificates_pem, private_pem, done):
    """What export says of them."""
    (tmp_path / "chain.pem").write_bytes(certificates_pem)
    (tmp_path / "key.pem").write_bytes(private_pem)
    with pytest.raises(BadInput) as e:
        export(done, str(tmp_path / "o"), certificate=str(tmp_path / "chain.pem"), key=str(tmp_path / "key.pem"))
    assert not (tmp_path / "o").exists()
    return e.value


@pytest.mark.parametrize(
    ("issued", "sentence"),
    [
        (lambda key: b"no", "chain.pem: no certificate in PEM; give the chain"),
        (lambda key: pem(certificate(key)), "one certificate and no issuer; put the issuer's behind it"),
        (lambda key: chain(key, days=(-9, -2)), "not today; have a new one issued"),
        (lambda key: chain(key, days=(2, 9)), "not today"),
        (lambda key: chain(key, usage=None), "its extended key usage allows no marks; have one issued for e-mail"),
        (lambda key: chain(key, usage=ExtendedKeyUsageOID.SERVER_AUTH), "allows no marks"),
    ],
)
def test_a_certificate_that_cannot_sign_is_a_sentence(done, tmp_path, issued, sentence):
    assert sentence in str(refused(tmp_path, issued(key := new_key()), key_pem(key), done))


def test_a_certificate_that_signs_itself_is_refused(done, tmp_path):
    key, own = certificates.authority()
    assert "a certificate that signs itself" in str(refused(tmp_path, pem(own), key_pem(key), done))


@pytest.mark.parametrize(
    ("private", "sentence"),
    [
        (lambda key: key_pem(new_key()), "key.pem is not the key of the first certificate"),
        (lambda key: key_pem(key, certificates.PASSPHRASE), "key.pem: locked by a passphrase"),
        (spoiled, "key.pem: no private key in PEM that can be read"),
        (lambda key: b"", "key.pem: no private key in PEM that can be read"),
    ],
)
def test_a_key_that_cannot_sign_is_a_sentence(done, tmp_path, private, sentence):
    error = refused(tmp_path, chain(key := new_key()), private(key), done)
    assert sentence in str(error) and "SECRET" not in "".join(traceback.format_exception(error))


def test_an_elliptic_key_of_another_kind_is_refused(done, tmp_path):
    own = new_key(ec.SECP256K1)
    assert "C2PA signs with EC P-256" in str(refused(tmp_path, chain(own), key_pem(own), done))


def test_an_output_with_something_in_it_is_refused(done, signer, tmp_path):
    (tmp_path / "a.png").write_bytes(b"mine")
    with pytest.raises(BadInput, match="holds something already; give a place with nothing in it"):
        export(done, str(tmp_path), **signer)
    with pytest.raises(StorageError, match="nowhere.pem: cannot be read .No such file"):
        export(done, str(tmp_path / "out"), **{**signer, "key": "nowhere.pem"})


def test_a_picture_that_was_only_given_is_not_marked(manifest, signer, tmp_path):
    line = {"sample_id": "s", "pictures": {"result": str(manifest.parent / "red.png")}}
    (tmp_path / "m.jsonl").write_text(json.dumps(line))
    asked = BatchParameters(source=str(tmp_path / "m.jsonl"), output=str(tmp_path / "run"), flow="judge_only")
    run_batch(asked, judge=Lottery(), progress=False)
    with pytest.raises(BadInput, match="drew no picture that was kept"):
        export(str(tmp_path / "run"), str(tmp_path / "out"), **signer)


def test_the_source_type_says_what_is_in_it():
    trained = ModelCard(name="flux2-klein-9b", revision="1", licence="x")
    warp, repair = (ModelCard(name=name, revision="1", licence="x") for name in ("warp", "warp-repair"))
    assert "warp" in LICENCES and source_type([warp, repair], of_pictures=True) == "composite"
    assert source_type([warp, trained], of_pictures=True) == "compositeWithTrainedAlgorithmicMedia"
    assert source_type([trained], of_pictures=False) == "trainedAlgorithmicMedia"
    assert source_type([warp], of_pictures=False) == "algorithmicMedia"


def test_the_command_says_that_marks_are_lost(done, signer, tmp_path, capsys):
    paths = ["--certificate", signer["certificate"], "--key", signer["key"]]
    assert main(["export", done, str(tmp_path / "out"), *paths]) == 0
    assert capsys.readouterr().out.startswith("1 picture marked, pixels as in the run; a mark is lost as soon as the")
    assert main(["export", done, str(tmp_path / "out"), *paths]) == 1
    assert "BadInput" in capsys.readouterr().err
