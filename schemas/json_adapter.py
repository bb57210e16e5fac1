"""What the adapters of all providers share: splitting and reading go through the same functions, and never disagree."""

from collections.abc import Callable, Mapping, Sequence
from functools import partial

from schemas import canonical, sent, timeout
from schemas.adapter import Element, Source, Unreadable, asked_of
from schemas.event import Event
from schemas.json_body import elements, lines
from schemas.provider import Provider
from schemas.reading import event_of, notice_of
from schemas.record import MAX_RECORD, Record, RecordType
from schemas.told import Told, name_of

Tell = Callable[[bytes], Told | None]


class JsonAdapter(Provider):
    """An `Adapter` for JSON."""

    def split(self, body: bytes, source: Source) -> list[Element]:
        """As `Adapter.split`."""
        return self._elements(body, elements(body), self.tell, source)

    def split_answer(self, body: bytes, asked: Mapping[str, str], source: Source) -> list[Element]:
        """As `Adapter.split_answer`."""
        try:
            parts = self.answered(body, asked)
        except Unreadable as problem:
            if problem.malformed:
                raise
            return [Element(body, None, problem)]
        return self._elements(body, parts, partial(self.tell_answer, asked=asked), source)

    def split_submission(self, body: bytes, source: Source) -> list[Element]:
        """As `Adapter.split_submission`."""
        parts = [part for line in lines(body) for part in sent.parts(line, self)]
        return self._elements(body, parts, partial(sent.tell, provider=self), source)

    def split_import(self, body: bytes, source: Source) -> list[Element]:
        """As `Adapter.split_import`."""
        return self._elements(body, lines(body), partial(canonical.tell, provider=self), source)

    def read(self, record: Record, source: Source) -> Event | None:
        """As `Adapter.read`."""
        told = _told(record.body, self._tell_as(record))
        if told is None:
            return None
        event = event_of(told, record, source, self.tables)
        return canonical.explicit(event, record, source) if record.type == RecordType.IMPORT else event

    def _tell_as(self, record: Record) -> Tell:
        match record.type:
            case RecordType.WEBHOOK:
                return self.tell
            case RecordType.POLL:
                # Of what has a key it was found already that it is an element.
                return partial(self._tell_polled if record.key is None else self.tell_answer, asked=asked_of(record))
            case RecordType.SUBMISSION:
                return partial(sent.tell, provider=self)
            case RecordType.IMPORT:
                return partial(canonical.tell, provider=self)
            case RecordType.TIMEOUT:
                return timeout.tell
            case _:
                raise Unreadable("unknown_shape", "a record of this type is not read by a provider's adapter")

    def _tell_polled(self, body: bytes, asked: Mapping[str, str]) -> Told | None:
        """A whole answer that may have no elements, or an element that could not be read."""
        return self.tell_answer(body, asked) if self.answered(body, asked) else None

    def _elements(self, body: bytes, parts: Sequence[bytes], tell: Tell, source: Source) -> list[Element]:
        alone = len(parts) == 1
        return [self._element(part, tell, source, alone) for part in parts] or [Element(body, None)]

    def _element(self, body: bytes, tell: Tell, source: Source, alone: bool) -> Element:
        try:
            told = _told(body, tell)
        except Unreadable as problem:
            if problem.malformed and alone:
                raise
            problem.__traceback__ = problem.__context__ = None  # a list of many would keep all their frames
            return Element(body, None, problem)
        if told is None:
            return Element(body, None)
        return Element(body, f"{source.name}/{name_of(told)}", None, notice_of(told, source, self.tables))


def _told(body: bytes, tell: Tell) -> Told | None:
    told = tell(body)
    if len(body) > MAX_RECORD:
        raise Unreadable("too_large", f"one report is larger than {MAX_RECORD:,} bytes")
    return told
