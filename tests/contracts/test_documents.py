"""The documents are made from the dictionary, whole."""

import json
from pathlib import Path

from deploy.documents.asyncapi import asyncapi, messages_on, write
from shared.contracts.matrix import MATRIX, TOPICS

from .examples import PUBLISHED


def test_asyncapi_describes_every_topic_of_the_matrix_and_every_message_on_it() -> None:
    document = asyncapi()
    assert document["asyncapi"] == "3.0.0"
    assert set(document["channels"]) == set(TOPICS)
    names = {cls.__name__ for rule in MATRIX for cls in messages_on(rule)}
    assert names <= set(document["components"]["schemas"])


def test_every_message_of_the_dictionary_may_stand_on_some_topic() -> None:
    assert {cls.type for rule in MATRIX for cls in messages_on(rule)} == set(PUBLISHED)


def test_a_schema_is_written_for_every_message_with_its_fields_described(tmp_path: Path) -> None:
    written = write(tmp_path)
    assert {file.stem for file in written} >= {"asyncapi", *PUBLISHED}
    schema = json.loads((tmp_path / "schemas" / "kameng.orders.OrderPlaced.v1.json").read_text())
    assert schema["properties"]["total"]["description"] == "Minor units."
