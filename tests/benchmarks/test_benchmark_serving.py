import asyncio
from random import Random

import pytest
import serving
import serving_load

import overflight
from overflight.study.synth import make


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    made = make(tmp_path_factory.mktemp("made") / "traces", 5_000, 4)
    archive = tmp_path_factory.mktemp("archive")
    with overflight.open(archive, create=True) as shelf:
        shelf.add(made.days, data_kind="synthetic")
    return archive


def test_what_is_asked_for_is_in_the_archive(folder):
    paths = serving.flight_paths(folder, Random(1))
    with overflight.open(folder) as shelf:
        ids = {row["id"] for row in shelf.flights()}
    assert paths and {path.split("/")[1] for path in paths} <= ids
    assert paths == serving.flight_paths(folder, Random(1))
    questions = serving.question_paths(folder, Random(2))
    assert len(set(questions)) == len(questions)
    kinds = {question.split("/")[2].split("=")[0] for question in questions}
    assert kinds == {"flights?aircraft", "visits?aircraft", "visits?place", "search?q"}


def test_only_files_that_are_there_are_asked_for(tmp_path):
    (tmp_path / "flight" / "a").mkdir(parents=True)
    (tmp_path / "flight" / "a" / "index.html").touch()
    asked = ["flight/a/", "flight/a/trace.json", "flight/b/"]
    assert serving.existing(tmp_path, asked) == ["flight/a/"]


def answering(statuses):
    """What `offered` says of a server that answers with these statuses in turn, half of them in chunks."""

    handlers = []

    async def reply(reader, writer):
        handlers.append(asyncio.current_task())
        while await reader.readline():
            while (await reader.readline()).strip():
                pass
            status = statuses[answering.count % len(statuses)]
            answering.count += 1
            body = b"content-length: 2\r\n\r\nok" if answering.count % 2 else (
                b"transfer-encoding: chunked\r\n\r\n2\r\nok\r\n0\r\n\r\n"
            )  # fmt: skip
            writer.write(b"HTTP/1.1 %d x\r\n" % status + body)
        writer.close()
        await writer.wait_closed()

    async def both():
        server = await asyncio.start_server(reply, "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        result = await serving_load._offered("127.0.0.1", port, ["a", "b"], 300, 0.5)
        server.close()
        await asyncio.gather(*handlers)
        return result

    answering.count = 0
    return asyncio.run(both())


def test_a_steady_load_counts_answers_and_refusals():
    result = answering([200, 200, 429])
    good, refused = len(result.took_s[200]), len(result.took_s[429])
    assert not result.faults and 100 < good + refused <= 160
    assert abs(refused / (good + refused) - 1 / 3) < 0.05
    assert "refused 3" in result.said() and "faults none" in result.said()


def test_a_server_that_is_not_there_is_a_fault_and_no_answer():
    result = serving_load.offered("127.0.0.1", serving.free_port(), ["a"], 50, 0.2)
    assert result.took_s == {} and result.faults["ConnectionRefusedError"] > 0
