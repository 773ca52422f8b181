"""Batches: where each line lies."""

from state.batch import Batch

MESSAGES = Batch("kafka:events[0]#id", 90, [b"a", b"b", b"c"], 3, {2: 9}, [5, 6, 88])


def test_a_message_lies_at_its_offset() -> None:
    assert [MESSAGES.offset(index) for index in range(3)] == [5, 6, 88]


def test_a_batch_of_messages_is_split_between_their_offsets() -> None:
    assert MESSAGES.split(2) == (
        Batch("kafka:events[0]#id", 88, [b"a", b"b"], 3, {}, [5, 6]),
        Batch("kafka:events[0]#id", 90, [b"c"], 88, {0: 9}, [88]),
    )
