"""Reading a widget without a browser, and a run whose bars are known."""

from hand_made import Bench, scores


def failing(where, count=30):
    """Samples s00 ...: attempt 1 fails realism, attempt 2 garment_structure and realism, attempt 3 nothing."""
    bench = Bench(where)
    for number in range(count):
        answers = scores(realism=5), scores(garment_structure=7.9, realism=6), scores()
        bench.sample(f"s{number:02d}", "accepted", *answers, wish=f"Wear it, number {number}.")
    return bench.finish()


def html(widget) -> str:
    """Everything a triage shows, as HTML and as the words of its buttons, in order."""
    own = [getattr(widget, name, "") for name in ("value", "description", "tooltip")]
    inside = [html(child) for child in getattr(widget, "children", ())]
    return "\n".join(str(part) for part in (*own, *inside) if part and "<style>" not in str(part))


def named(widget, name):
    """The widgets inside that have this CSS class, in order."""
    return [part for part in parts(widget) if name in part._dom_classes]


def one(widget, name):
    """The one part that has this CSS class, as a browser test would find it."""
    (part,) = named(widget, name)
    return part


def text(widget, name) -> str:
    """The words of the one part tryon-<name>."""
    return one(widget, f"tryon-{name}").value


def parts(widget):
    """The widget and everything inside it, in order."""
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def all_html(widget) -> str:
    return "".join(part.value for part in parts(widget) if type(part).__name__ == "HTML")
