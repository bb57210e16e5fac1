"""HTTP as it may come over the wire: cut anywhere, damaged anywhere."""

import contextlib
import http.client
import itertools
import socket

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.receiver.intake import PATH, Intake, as_json, head, reply, report

GOOD = as_json(report())
PLAIN = head("POST", PATH, {"content-type": "application/json", "content-length": str(len(GOOD))}) + GOOD
CHUNKED = head("POST", PATH, {"transfer-encoding": "chunked"}) + b"%x\r\n%b\r\n0\r\n\r\n" % (len(GOOD), GOOD)
UPGRADE = head("POST", PATH, {"connection": "upgrade", "upgrade": "h2c", "content-length": str(len(GOOD))}) + GOOD
many = settings(max_examples=100, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


def send_in_pieces(connection: socket.socket, request: bytes, cuts: list[int]) -> None:
    connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    edges = [0, *sorted(cut % len(request) for cut in cuts), len(request)]
    for start, end in itertools.pairwise(edges):
        connection.sendall(request[start:end])


@many
@given(request=st.sampled_from([PLAIN, CHUNKED, UPGRADE]), cuts=st.lists(st.integers(0, 10_000), max_size=12))
def test_a_request_is_the_same_however_it_is_cut(intake: Intake, request: bytes, cuts: list[int]) -> None:
    before = len(intake.kept())
    with intake.connect() as connection:
        for _ in range(2):
            send_in_pieces(connection, request, cuts)
            assert reply(connection).status == 200
    assert [(record.key, record.body) for record in intake.kept()[before:]] == [("integrax-br/1", GOOD)] * 2


@many
@given(
    request=st.sampled_from([PLAIN, CHUNKED, UPGRADE, b"GET /readyz HTTP/1.1\r\nhost: x\r\n\r\n"]),
    place=st.integers(0, 10_000),
    gone=st.integers(0, 4),
    put=st.binary(max_size=8),
)
def test_a_damaged_request_is_no_failure_of_ours(
    intake: Intake, request: bytes, place: int, gone: int, put: bytes
) -> None:
    place %= len(request)
    with intake.connect() as connection:
        connection.sendall(request[:place] + put + request[place + gone :])
        connection.shutdown(socket.SHUT_WR)
        with contextlib.suppress(http.client.HTTPException, ConnectionError):
            assert reply(connection).status < 500
    assert intake.ask("GET", "/healthz").status == 200


def test_a_client_that_will_send_no_more_is_answered(intake: Intake) -> None:
    for request in (
        PLAIN,
        CHUNKED,
        PLAIN.replace(b"application/json", b"application/json\r\ncontent-encoding: identity"),
    ):
        with intake.connect() as connection:
            connection.sendall(request)
            connection.shutdown(socket.SHUT_WR)
            answer = reply(connection)
            assert (answer.status, connection.recv(1)) == (200, b"")
    assert len(intake.kept()) == 3
