"""Finding the parts of a stepper as a browser test would: by their CSS classes."""


def one(widget, name):
    """The one part that has this CSS class, as a browser test would find it."""
    (part,) = [part for part in parts(widget) if name in part._dom_classes]
    return part


def parts(widget):
    yield widget
    for child in getattr(widget, "children", ()):
        yield from parts(child)


def html(stepper, name):
    return one(stepper, f"tryon-{name}").value


def all_html(stepper):
    return "".join(part.value for part in parts(stepper) if type(part).__name__ == "HTML")
