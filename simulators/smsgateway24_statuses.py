"""SmsGateway24's statuses: the codes are the same everywhere, their titles change by year and language."""

from schemas.status import Family, Status
from simulators.carriers import Step

INCOMING = "5"
UNDOCUMENTED = "13"
"""A code that nobody has published."""
GATEWAY = ("12", "100", "101")
"""Radio off, and the app not being allowed to send."""
_FAILED = {Family.NETWORK: "10", Family.MESSAGE: "11"}
TITLES = {
    # The vendor's titles by the year of the sample; and in Portuguese, as its pages come in many languages.
    "2021": {
        "1": "New",
        "3": "Queued for sending",
        "2": "Sending",
        "5": "Incoming",
        "6": "Sent",
        "7": "Delivered",
        "8": "Not delivered",
        "9": "Not sent: Generic failure",
        "10": "Not sent: No service",
        "11": "Not sent: Null PDU",
        "12": "Not sent: Radio off",
        "100": "Not sent: not allowed",
        "101": "Not sent: not allowed",
    },
    "2023": {
        "1": "new",
        "3": "queued",
        "2": "sending",
        "5": "incoming",
        "6": "sent",
        "7": "delivered",
        "8": "undelivered",
        "9": "error",
        "10": "no service",
        "11": "null pdu",
        "12": "radio off",
        "100": "no permission",
        "101": "no permission",
    },
    "pt": {
        "1": "Novo",
        "3": "Na fila",
        "2": "Enviando",
        "5": "Recebida",
        "6": "Enviada",
        "7": "Entregue",
        "8": "Não entregue",
        "9": "Não enviada: falha genérica",
        "10": "Não enviada: sem serviço",
        "11": "Não enviada: PDU nulo",
        "12": "Não enviada: rádio desligado",
        "100": "Não enviada: sem permissão",
        "101": "Não enviada: sem permissão",
    },
}
WORDS = {"6": "sent", "7": "delivered", "8": "undelivered"}
"""Of the article's webhook; it prints `delivered` alone. Other failures are `failed`."""


def title(code: str, language: str) -> str:
    """The title of a status; an undocumented one has none."""
    return TITLES[language].get(code, "")


def wording(step: Step, gateway: str, odd: bool) -> list[tuple[str, Status]]:
    """The codes of a step. `gateway` is the one for failures of the phone's set-up; `odd`: UNDOCUMENTED comes too."""
    if step.status is Status.FAILED or step.family is Family.NETWORK:
        code = gateway if step.family is Family.GATEWAY else _FAILED.get(step.family, "9")
        return [(code, Status.FAILED)]
    words = {
        Status.QUEUED: [("1", Status.QUEUED), ("3", Status.QUEUED)],
        Status.SENDING: [("2", Status.SENDING)],
        Status.SENT: [("6", Status.SENT), *([(UNDOCUMENTED, Status.UNKNOWN)] if odd else [])],
        Status.DELIVERED: [("7", Status.DELIVERED)],
        Status.UNDELIVERABLE: [("8", Status.UNDELIVERABLE)],
        Status.REJECTED: [("8", Status.UNDELIVERABLE)],
        Status.EXPIRED: [("9", Status.FAILED)],
    }
    return words[step.status]
