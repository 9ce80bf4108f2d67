import re
from html.parser import HTMLParser
from pathlib import Path

import numpy as np
import pytest
from doubles import Painter, card
from hand_made import Bench, called_real, every_outcome, scores
from PIL import Image

from tryon_core.errors import StorageError
from tryon_core.records import Fix, Region, Score
from tryon_core.runs.kept.documents import Branch
from tryon_core.runs.kept.keys import branch_key
from tryon_core.runs.kept.labels import about, add
from tryon_core.sources.listing import Skipped
from tryon_core.steps import ChangeRecord
from tryon_core.storage import s3
from tryon_core.view.figures.inlined import thumbnails
from tryon_core.view.report.page import NO_LARGE_MODEL, folder_name, report_html, write_report
from tryon_core.view.tables import frames
from tryon_core.view.tables.frames import open_run

SKIPPED = [Skipped(key="odd/file.txt", reason="not a picture", count=2)]
HOSTILE = """<script>alert(1)</script>"'><img src=http://evil.test/x onerror=alert(2)> {{ 7*7 }}"""


class Page(HTMLParser):
    """The page as a browser would take it apart: (tag, attributes) in order, and all its text."""

    def __init__(self, html):
        super().__init__()
        self.html, self.tags, self.words = html, [], []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data):
        self.words.append(data)

    def all(self, *tags):
        return [attributes for tag, attributes in self.tags if tag in tags]

    @property
    def text(self):
        return re.sub(r"\s+", " ", " ".join(self.words))


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A run with every outcome."""
    return open_run(every_outcome(tmp_path_factory.mktemp("run"), skipped=SKIPPED))


@pytest.fixture(scope="module")
def page(whole):
    return Page(report_html(whole))


def test_the_page_tells_every_sample_with_its_outcome_and_reason(page):
    for words in ("accepted at attempt 3", "not accepted in 4 attempts", "not judged in 2 attempts", "not begun"):
        assert words in page.text
    assert "white_on_white: the garment cannot be told from its background" in page.text
    assert "odd/file.txt" in page.text and "not a picture" in page.text
    assert "mend the garment_structure (length +0.1)" in page.text


def test_the_page_holds_the_summary_as_the_frame_has_it(whole, page):
    assert all(f"{row.Index} {row.value}" in page.text for row in frames.summary(whole).itertuples())


def test_the_page_asks_nothing_from_outside_and_forbids_it(page):
    loaded = [a[name] for _, a in page.tags for name in ("src", "srcset", "action", "data", "poster") if name in a]
    assert loaded and all(value.startswith("data:image/") for value in loaded)
    assert all(a["href"].startswith("#") for a in page.all("a")) and not page.all("link", "script", "iframe")
    (policy,) = [a["content"] for a in page.all("meta") if a.get("http-equiv") == "Content-Security-Policy"]
    assert policy == "default-src 'none'; img-src data:; style-src 'unsafe-inline'"
    assert "url(" not in page.text and "@import" not in page.text


def test_headings_are_in_order_pictures_are_described_and_headers_have_scope(page):
    levels = [int(tag[1]) for tag, _ in page.tags if re.fullmatch("h[1-6]", tag)]
    assert levels[0] == 1 and levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(levels, levels[1:], strict=False))
    assert all(len(image["alt"]) > 5 for image in page.all("img"))
    assert all(header["scope"] in ("row", "col") for header in page.all("th"))
    ids = [a["id"] for _, a in page.tags if "id" in a]
    assert len(ids) == len(set(ids)) and {a["href"][1:] for a in page.all("a")} <= set(ids)


def hostile_run(where):
    bench = Bench(where)
    bad = Score(score=2, finding=HOSTILE, fixes=(Fix(constraint="identity", text=HOSTILE),))
    judgement = scores().model_copy(update={"scores": {**scores().scores, "identity": bad}})
    unread = Score(status="unscored", reason=HOSTILE)
    silent = scores().model_copy(update={"scores": {**scores().scores, "identity": unread}})
    bench.sample("one", "not_accepted", judgement, silent, judgement, wish=HOSTILE, difficulty=HOSTILE)
    bench.sample("two", "refused", reason=HOSTILE, wish="Another wish.")
    cards = {"generator": card(HOSTILE), "judge": card("judge").model_copy(update={"licence": HOSTILE})}
    return open_run(bench.finish(cards=cards, skipped=[Skipped(key=HOSTILE, reason=HOSTILE)], source=HOSTILE))


def test_text_from_outside_stays_text(tmp_path):
    html = report_html(hostile_run(tmp_path))
    page = Page(html)
    assert page.text.count("<script>alert(1)</script>") > 10 and "<script" not in html
    assert not page.all("script") and not any(name.startswith("on") for _, a in page.tags for name in a)
    assert all(image["src"].startswith("data:") for image in page.all("img"))
    assert "{{ 7*7 }}" in page.text


def test_scripted_models_are_announced_and_warp_is_called_no_large_model(page, tmp_path):
    assert "Not a result: generator painter is scripted" in page.text and NO_LARGE_MODEL not in page.text
    warp = Page(report_html(open_run(every_outcome(tmp_path, cards=called_real(generator="warp"))))).text
    assert NO_LARGE_MODEL in warp and "Not a result" not in warp


def test_the_place_of_the_primary_failure_is_framed(tmp_path):
    bench = Bench(tmp_path)
    seen = Score(score=6, finding="a halo", region=Region(left=0.25, top=0.5, right=0.75, bottom=0.6))
    bench.sample("one", "not_accepted", scores().model_copy(update={"scores": {**scores().scores, "realism": seen}}))
    page = Page(report_html(open_run(bench.finish())))
    (frame,) = [a for a in page.all("span") if "region" in a.get("class", "")]
    assert frame["style"] == "left:25.0%;top:50.0%;width:50.0%;height:10.0%" and frame["class"] == "region r7"


def overruled(run, sample_id, after, **change):
    """A branch after an attempt, with one more attempt of its own."""
    record = next(record for record in run.records if record.sample_id == sample_id)
    left = record.steps[after - 1].model_copy(update={"change": ChangeRecord(**change)})
    own = record.steps[0].model_copy(update={"number": after + 1, "parent": after})
    branch = Branch(sample_id=sample_id, name="branch-1", after=after, steps=(*record.steps[: after - 1], left, own))
    run.store.create(branch_key(sample_id, "branch-1"), branch.model_dump_json().encode())


def test_a_person_s_branch_stands_under_its_sample_and_counts_nowhere(tmp_path):
    run = open_run(every_outcome(tmp_path))
    before = frames.summary(run)
    overruled(run, "never", 2, prompt=HOSTILE, by="Ada")
    html = report_html(run)
    page = Page(html)
    assert "branch-1: a person’s, counted nowhere" in page.text and "<script" not in html
    assert "After attempt 2 of the flow Ada wrote other words: not finished, 3 attempts so far." in page.text
    assert "in Ada's words: <script>alert(1)</script>" in page.text
    assert frames.summary(open_run(tmp_path)).equals(before)


def test_what_people_say_of_the_judge_is_told_and_counted(page, tmp_path):
    run = open_run(every_outcome(tmp_path))
    (never,) = [record for record in run.records if record.sample_id == "never"]
    assert "What people say of the judge" not in page.text
    add(run.store, about(run.info, "never", never.attempts[0], "realism", "disagree", note=HOSTILE, by="Ada"))
    html = report_html(run)
    page = Page(html)
    assert "What people say of the judge" in page.text and "<script" not in html
    assert "Ada disagrees on realism: <script>alert(1)</script>" in page.text
    assert any("People agree with the judge in 0 of 1 answer on realism" in a["alt"] for a in page.all("img"))


class Noisy(Painter):
    """Draws the worst a JPEG can meet: noise, one of four pictures."""

    def __call__(self, request):
        rng = np.random.default_rng(request.noise.seed % 4)
        return Image.fromarray(rng.integers(0, 256, (426, 324, 3), dtype=np.uint8))


def test_a_hundred_samples_of_four_attempts_stay_under_ten_megabytes(tmp_path):
    bench = Bench(tmp_path, draw=Noisy())
    for number in range(100):
        bench.sample(f"s{number:03d}", "not_accepted", *[scores(identity=3, realism=2)] * 4)
    page = Path(write_report(open_run(bench.finish()), tmp_path / "pages/report.html"))
    assert page.read_bytes().count(b"<img") > 600
    assert 1e6 < page.stat().st_size < 10e6


def test_few_pictures_are_inlined_at_320_pixels(tmp_path):
    bench = Bench(tmp_path, draw=Noisy())
    (attempt,) = bench.sample("one", "accepted", scores()).attempts
    run = open_run(bench.finish())
    large, small = (len(thumbnails(run, [attempt.picture], budget)[attempt.picture]) for budget in (10**7, 20_000))
    assert small <= 20_000 < large


def test_a_report_that_cannot_be_written_says_where(tmp_path):
    run = open_run(every_outcome(tmp_path))
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(StorageError, match=r"cannot write the report to .*file/report.html"):
        write_report(run, tmp_path / "file/report.html")


def test_a_report_from_a_bucket_is_the_same_page(whole, page, bucket):
    there = every_outcome(f"s3://{bucket}/one", skipped=SKIPPED)
    html = report_html(open_run(there)).replace(there, whole.store.url)
    assert html.replace("<title>one ·", f"<title>{folder_name(whole.store.url)} ·") == page.html


@pytest.mark.parametrize("kept_in", ["disk", "bucket"])
def test_a_report_is_named_after_its_run_and_lies_beside_it(kept_in, tmp_path, bucket):
    place = {"disk": str(tmp_path / "runs/first"), "bucket": f"s3://{bucket}/runs/first"}[kept_in]
    run = open_run(every_outcome(place))
    for _ in range(2):  # a page that is renewed takes the place of the earlier one
        assert write_report(run, page="<p>here</p>") == f"{place}/first-report.html"
    assert run.store.read("first-report.html") == b"<p>here</p>"
    if kept_in == "bucket":
        head = s3.client().head_object(Bucket=bucket, Key="runs/first/first-report.html")
        assert head["ContentType"] == "text/html"


def samples_at_the_top(page):
    return re.findall(r"<h3>(.*?): (\w+)</h3>", page.partition('id="opening"')[2].partition("</section>")[0])


def test_it_opens_with_the_best_the_worst_and_a_repaired_sample(tmp_path):
    bench = Bench(tmp_path)
    bench.sample("good", "accepted", scores(realism=8.5))
    bench.sample("best", "accepted", scores(realism=9.5, identity=9.6))
    bench.sample("little", "accepted", scores(realism=7), scores(realism=8.1))
    bench.sample("much", "accepted", scores(realism=2, identity=6), scores(realism=8.9))
    bench.sample("bad", "not_accepted", scores(identity=5))
    bench.sample("worst", "not_accepted", scores(identity=1.25, realism=3))
    bench.sample("refused", "refused", reason="white_on_white: no")
    html = report_html(open_run(bench.finish()))
    assert samples_at_the_top(html) == [("Best", "best"), ("Worst", "worst"), ("Repaired by the loop", "much")]
    words = Page(html).text
    assert "Not accepted in 1 attempt: identity 1.2 and realism 3.0 of 10 failed." in words
    assert "Accepted at attempt 2: identity from 6.0 to 9.0 of 10 and realism from 2.0 to 8.9 of 10." in words
    assert words.index("At a glance") < words.index("Summary")


def test_no_sample_opens_a_report_twice_and_none_that_was_not_judged(tmp_path):
    one = Bench(tmp_path / "one")
    one.sample("only", "accepted", scores(realism=5), scores())
    none = Bench(tmp_path / "none")
    none.sample("refused", "refused", reason="white_on_white: no")
    assert samples_at_the_top(report_html(open_run(one.finish()))) == [("Best", "only")]
    assert "At a glance" not in report_html(open_run(none.finish()))


def test_a_large_run_shows_one_step_of_each_sample_and_says_so(tmp_path, monkeypatch):
    bench = Bench(tmp_path)
    bench.sample("kept", "not_accepted", scores(identity=2), scores(identity=5), scores(identity=1))
    bench.sample("lost", "not_judged", *[scores(identity=None)] * 2)
    run = open_run(bench.finish())
    shown = []
    for most in (5, 4):
        monkeypatch.setattr("tryon_core.view.report.page.MOST_STEPS", most)
        words = Page(report_html(run)).text
        shown.append((re.findall(r"Attempt \d(?: · kept)?", words), "each sample shows one step" in words))
    assert [say for _, say in shown] == [False, True] and len(shown[0][0]) == 5
    assert shown[1][0] == ["Attempt 2 · kept", "Attempt 2"]
