"""A scripted writer, and judges that have one."""

import json
import threading
from collections.abc import Callable

from doubles import Lottery, Scripted, card

from tryon_core import roles
from tryon_core.steps import Spent

Answer = str | Callable[[str], str]


def says(prompt: str) -> str:
    """A writer's answer in the shape it is asked for."""
    return json.dumps({"prompt": prompt})


def told(question: str) -> dict:
    """What a question tells as data."""
    return json.loads(question[question.index('\n{"wish"') :])


def shouting(question: str) -> str:
    """The composed words in capitals: every question gets an answer of its own."""
    return says(told(question)["composed"].upper())


class ScriptedWriter:
    """Gives its answers in turn, the last one for ever; a function answers the question. It always takes 3 seconds."""

    def __init__(self, *answers: Answer):
        self.card, self.answers, self.asked = card("scripted writer"), list(answers), []
        self._lock = threading.Lock()

    def __call__(self, question, images):
        with self._lock:
            self.asked.append((question, images))
            answer = self.answers.pop(0) if len(self.answers) > 1 else self.answers[0]
        return answer(question) if callable(answer) else answer

    def metered(self, calls):
        return [roles.Answer(self(*call), Spent(calls=1, seconds=3.0)) for call in calls]


class WritingLottery(Lottery):
    """A lottery that also writes, in capitals."""

    def __init__(self):
        super().__init__()
        self.writer = ScriptedWriter(shouting)


class WritingScripted(Scripted):
    """A scripted judge that also writes."""

    def __init__(self, writer: ScriptedWriter, *judgements):
        super().__init__(*judgements)
        self.writer = writer
