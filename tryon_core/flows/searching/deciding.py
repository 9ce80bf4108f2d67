"""Who decides which candidate is kept: its rank, repeats of a judging, or a knockout."""

from collections.abc import Mapping

from ...errors import BadInput
from ...roles import Comparer, Judge, Scorer
from ...rubrics.rules import Rubric
from .choice import Choice
from .knockout import knockout
from .pessimistic import check_varies, pessimistic
from .pool import Pool
from .search_settings import Search


def check_deciding(
    options: Search,
    scorers: Mapping[str, Scorer],
    *,
    judge: Judge | None,
    comparer: Comparer | None,
    rubric: Rubric | None,
) -> None:
    """raises BadInput where who decides is not there, or cannot, before anything is drawn"""
    if options.judge_decides and (judge is None or rubric is None):
        raise BadInput("these settings let the judge have a say, and none is given; name a judge, with its rubric")
    if options.uses_comparer and comparer is None:
        raise BadInput("select 'knockout' compares pairs of pictures; name a comparer")
    if options.select == "pessimistic":
        check_varies(options, judge, scorers)


def chosen_of(pool: Pool, options: Search, judge: Judge | None, comparer: Comparer | None) -> Choice | None:
    """The candidate to keep; None where none can be ranked."""
    top = pool.best(1 if options.select == "best" else options.top)
    if len(top) < 2:
        return Choice(top[0]) if top else None
    return pessimistic(pool, top, options, judge) if options.select == "pessimistic" else knockout(pool, top, comparer)
