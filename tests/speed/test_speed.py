"""The comparison measures equal work, its formulas agree with torch's own counter, and the full sizes construct."""

import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("diffusers", reason="diffusers is not installed; run make setup")
pytest.importorskip("xgrammar", reason="xgrammar is not installed; run make setup")
import torch
from torch.nn.attention import SDPBackend, sdpa_kernel
from torch.utils.flop_counter import FlopCounterMode

from tryon_core.models.flux2.flux2_build import Flux2Klein
from tryon_core.models.vlm.qwen_vl import QwenVL
from tryon_core.rubrics.shipped import RUBRICS
from tryon_core.speed import __main__ as command
from tryon_core.speed import bound, budget, sizes, table
from tryon_core.speed.pair import REPLY_TOKENS, Pair, load_pair, ours, ours_in_turn, plain, samples_of

BILLIONS = {"flux2-klein-9b": (9.1, 8.2), "flux2-klein-9b-kv": (9.1, 8.2), "flux2-klein-4b": (3.9, 4.0)}
JUDGES = {"qwen3-vl-32b": 33.4, "qwen3-vl-8b": 8.8, "qwen3-vl-4b": 4.4}
SMALL_TEXT = {"hidden_size": 32, "intermediate_size": 32, "num_attention_heads": 8, "tie_word_embeddings": True}


@pytest.fixture(scope="module")
def pair():
    told = {"batch": 2, "device": "cpu", "dtype": "float32", "keep_gib": 1.0}
    return load_pair("toy", "flux2-klein-9b", "qwen3-vl-32b", **told)


@pytest.mark.parametrize("name", BILLIONS)
def test_the_full_generators_have_the_parameters_of_their_names_and_take_no_memory(name):
    with sizes.made_on("meta", "bfloat16"):
        parts = sizes.generator_parts(sizes.shape_of(name))
    counted = [round(sizes.parameters_of(parts[part]) / 1e9, 1) for part in ("transformer", "text_encoder")]
    assert counted == list(BILLIONS[name])
    assert all(one.is_meta and one.dtype == torch.bfloat16 for part in parts.values() for one in part.parameters())
    assert parts["transformer"].config.joint_attention_dim == 3 * parts["text_encoder"].config.hidden_size


@pytest.mark.parametrize("name", JUDGES)
def test_the_full_judges_have_the_parameters_of_their_names_and_take_no_memory(name):
    with sizes.made_on("meta", "bfloat16"):
        model = sizes.judge_of(sizes.shape_of(name))
    assert round(sizes.parameters_of(model) / 1e9, 1) == JUDGES[name]
    assert all(one.is_meta for one in model.parameters())


def test_what_is_built_at_full_size_draws_and_judges_when_its_numbers_are_small():
    shape = {
        "transformer": {
            "num_layers": 1,
            "num_single_layers": 1,
            "num_attention_heads": 1,
            "joint_attention_dim": 96,
        },
        "text": {**SMALL_TEXT, "num_hidden_layers": 28},
        "vae": {"block_out_channels": (8, 8, 8, 8), "layers_per_block": 1, "norm_num_groups": 4},
    }
    vision = {"depth": 2, "hidden_size": 128, "intermediate_size": 32, "deepstack_visual_indexes": [0, 1]}
    seeing = {"text": {**SMALL_TEXT, "num_hidden_layers": 2}, "vision": vision}
    pipe = sizes.random_pipeline("flux2-klein-9b", "cpu", "float32", shape)
    model, processor = sizes.random_judge("qwen3-vl-32b", "cpu", "float32", seeing)
    card = sizes.random_card("flux2-klein-9b")
    told = {"max_new_tokens": 4}
    small = Pair(Flux2Klein(pipe, card), QwenVL(model, processor, card, RUBRICS["default"], **told), 2, 2)
    done = ours(small, samples_of(2, (96, 128)), 1)
    assert len(done.pictures) == 2 and all(done.replies.values())


def test_both_ways_do_the_same_work_and_only_ours_keeps(pair):
    samples = samples_of(2, (96, 128))
    theirs, own, in_turn = (way(pair, samples, 2) for way in (plain, ours, ours_in_turn))
    assert theirs.replies == own.replies == in_turn.replies and len(set(own.replies.values())) > 1
    found = table.Measured("toy", ("a", "b"), "cpu", [(theirs, own)], {}, bound.Rates(1, 1), {})
    assert found.apart <= 1 and theirs.kept == {}
    assert in_turn.kept == {"words": (1, 3), "reference latents": (2, 2), "judge's given pictures": (2, 2)}


def test_both_ways_decode_the_same_number_of_tokens(pair):
    samples = samples_of(1, (96, 128))
    for way in (plain, ours_in_turn):
        with bound.watched(pair) as calls:
            way(pair, samples, 1)
        steps = [call.stage for call in calls].count("judge decode")
        assert steps in {REPLY_TOKENS - 1, REPLY_TOKENS}  # the first token is the prefill's
        assert {call.stage for call in calls} == set(table.STAGES)


def test_watching_leaves_the_networks_as_they_were(pair):
    with bound.watched(pair):
        assert "forward" in vars(pair.judge.model)
    pipe = pair.generator.pipe
    assert not [one for one in (pair.judge.model, pipe.transformer, pipe.text_encoder) if "forward" in vars(one)]
    assert not {"encode", "decode"} & set(vars(pipe.vae))


def counted(function):
    with FlopCounterMode(display=False) as counter, sdpa_kernel(SDPBackend.MATH), torch.no_grad():
        function()
    return counter.get_total_flops()


def test_the_formula_of_a_denoising_step_agrees_with_torch_s_counter(pair):
    transformer = pair.generator.pipe.transformer
    picture, words, rows = 160, 512, 2
    given = {
        "hidden_states": torch.zeros(rows, picture, transformer.config.in_channels),
        "encoder_hidden_states": torch.zeros(rows, words, transformer.config.joint_attention_dim),
        "timestep": torch.zeros(rows),
        "img_ids": torch.zeros(rows, picture, 4),
        "txt_ids": torch.zeros(rows, words, 4),
        "guidance": None,
    }
    assert bound.klein_flops(transformer, rows, picture, words) == pytest.approx(
        counted(lambda: transformer(**given)), rel=0.02
    )


def test_the_formula_of_reading_words_agrees_with_torch_s_counter(pair):
    encoder = pair.generator.pipe.text_encoder
    tokens, layers, config = 64, encoder.model.layers, encoder.config
    width = config.num_attention_heads * config.head_dim
    weights = sizes.parameters_of(layers)
    found = bound.language_flops(weights, len(layers), width, rows=2, tokens=tokens, before=0)
    unmasked = 2 * len(layers) * bound.attention_flops(tokens, (tokens - 1) / 2, width)  # torch counts what is masked
    did = counted(lambda: encoder.model(torch.zeros(2, tokens, dtype=torch.long)))
    assert found + unmasked == pytest.approx(did, rel=0.02)


def test_the_bound_is_the_slower_of_computing_and_moving():
    rates = bound.Rates(flops_s=10.0, bytes_s=2.0)
    assert rates.seconds(100, 2) == 10 and rates.seconds(10, 20) == 10


def test_the_table_says_toy_and_that_no_gpu_was_used():
    found = table.measure(samples=2, iterations=1, batch=2, repeats=1, device="cpu")
    said = "\n".join(table.in_words(found))
    assert "toy:flux2-klein-9b" in said and "toy sizes:" in said and "not run on a GPU" in said
    assert all(stage in said for stage in table.STAGES)
    assert "2 candidates of 96 x 128 pixels in 4 steps, each judged in 160 decoded tokens" in said
    assert "candidates a second for what plain computes and moves" in said and "words 1 of 2 (50%)" in said
    on_gpu = replace(found, size="full", device="some GPU")
    assert len(table.cautions(on_gpu)) == 1


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux lets a process forget its own peak")
def test_the_peak_of_one_way_is_not_the_other_s():
    table.forget_peak("cpu")
    before, large = table.peak_gb("cpu"), np.ones(25_000_000)  # 0.2 GB
    del large
    assert table.peak_gb("cpu") > before + 0.15
    table.forget_peak("cpu")
    assert table.peak_gb("cpu") < before + 0.05


def test_the_budget_says_what_does_not_fit():
    said = "\n".join(budget.in_words(budget.budget("flux2-klein-9b-kv", "qwen3-vl-32b"), 140, (768, 1024), 16, True))
    assert "512 KiB a token" in said and "256 KiB a token" in said and "16 samples do not fit" in said
    found = budget.budget("flux2-klein-9b-kv", "qwen3-vl-32b")
    assert "does not fit" in budget.in_words(found, 80, (768, 1024), 16, True)[-2]


def test_a_count_below_one_is_refused_with_a_sentence(capsys):
    with pytest.raises(SystemExit):
        command.main(["--samples", "0"])
    assert "must be 1 or more, got 0" in capsys.readouterr().err


def test_it_runs_where_neither_jupyter_nor_the_embedded_models_are_installed():
    absent = "pyarrow pandas IPython ipywidgets ipykernel papermill nbformat matplotlib boto3 cv2 skimage".split()
    script = (
        f"import sys; sys.modules.update(dict.fromkeys({absent}))\n"
        "from tryon_core.speed import __main__, scheduling\n"
        "print(len(scheduling.scheduling(2, 1, scale=0.001).records))"
    )
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=False)
    assert done.stdout.strip() == "2", done.stderr
