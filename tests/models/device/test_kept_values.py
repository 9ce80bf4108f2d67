import threading
import time

import numpy as np
import pytest
from PIL import Image

from tryon_core.models.device.cache import Kept, tensor_bytes
from tryon_core.models.diffusion.latent_frame import cropped, fitted, padded

ROW_BYTES = 4 * 1000


def counts(kept):
    return kept.hits, kept.misses, kept.spilled, kept.returned


def rows(seed):
    """A list of pairs, as keys and values of layers are kept; one is a view with strides of its own."""
    torch = pytest.importorskip("torch", reason="torch is not installed; run make setup")
    one = torch.randn(50, 20, generator=torch.Generator().manual_seed(seed))
    return [(one[:25].T, one[25:])]


def test_the_longest_unused_value_goes_first():
    kept = Kept(3, lambda value: 1)
    for key in "abcad":  # b was used longest ago when d comes
        kept.get(key, lambda: 0)
    assert (kept.hits, kept.misses, kept.held) == (1, 4, 3)
    kept.get("a", lambda: pytest.fail("a was thrown out"))
    assert kept.get("b", lambda: "anew") == "anew"


def test_too_large_a_value_throws_nothing_out():
    kept = Kept(3, len)
    kept.get("a", lambda: "abc")
    assert kept.get("x", lambda: "long one") == "long one" and kept.held == 3
    assert kept.get("a", lambda: pytest.fail("a was thrown out")) == "abc"


def test_the_host_gives_back_exact_copies():
    kept, made = Kept(2 * ROW_BYTES, tensor_bytes, spill_bytes=2 * ROW_BYTES), {key: rows(key) for key in range(4)}
    for key in (0, 1, 2, 3, 0):
        back = kept.get(key, lambda key=key: made[key])
    assert counts(kept) == (1, 4, 3, 1)  # 0 and 1 went, 0 came back, for which 2 went
    assert (kept.held, kept.host.held) == (2 * ROW_BYTES, 2 * ROW_BYTES)
    (pair,), (first,) = back, made[0]
    for mine, theirs in zip(pair, first, strict=True):
        assert mine.numpy().tobytes() == theirs.numpy().tobytes() and mine.stride() == theirs.stride()
        assert mine.data_ptr() != theirs.data_ptr()


def test_the_host_keeps_within_its_budget():
    kept = Kept(ROW_BYTES, tensor_bytes, spill_bytes=ROW_BYTES)
    for key in (0, 1, 2, 0):
        kept.get(key, lambda key=key: rows(key))
    assert counts(kept) == (0, 4, 3, 0) and kept.host.held == ROW_BYTES


@pytest.mark.parametrize(("spill_bytes", "spilled"), [(ROW_BYTES, 1), (ROW_BYTES - 1, 0)])
def test_the_host_takes_what_devices_cannot(spill_bytes, spilled):
    kept, made = Kept(ROW_BYTES // 2, tensor_bytes, spill_bytes=spill_bytes), rows(0)
    assert kept.get("x", lambda: made) is made
    assert (kept.held, kept.spilled) == (0, spilled) and ("x" in kept.host) == bool(spilled)


def test_two_threads_that_miss_the_same_value_wait_for_one_to_make_it():
    kept, met, answers = Kept(10, lambda value: 1), threading.Barrier(2, timeout=10), []

    def make():
        time.sleep(0.05)
        return object()

    def ask():
        met.wait()
        answers.append(kept.get("x", make))

    threads = [threading.Thread(target=ask) for _ in range(2)]
    [one.start() for one in threads]
    [one.join(10) for one in threads]
    assert answers[0] is answers[1] and (kept.hits, kept.misses) == (1, 1)


def test_a_value_that_cannot_be_made_leaves_what_is_kept_as_it_was():
    kept = Kept(1, lambda value: 1)
    kept.get("a", lambda: "kept")
    with pytest.raises(ZeroDivisionError):
        kept.get("b", lambda: 1 / 0)
    assert kept.get("a", lambda: pytest.fail("a was thrown out")) == "kept"


def test_padding_repeats_the_border_and_cropping_takes_it_back():
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (33, 50, 3), dtype=np.uint8))
    wide = padded(noise)
    assert wide.size == (64, 48) and cropped(wide, noise.size).tobytes() == noise.tobytes()
    assert wide.getpixel((63, 10)) == noise.getpixel((49, 10))


def test_a_small_picture_is_left_as_it_is():
    small = Image.new("RGB", (768, 1024))
    assert fitted(small) is small
