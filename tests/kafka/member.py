"""A member of a consumer group in a process of its own, so that it can be stopped and continued as a whole.

    python -m tests.kafka.member SETTINGS

SETTINGS is the JSON of KafkaSettings. Each line on the standard input is a call, each line on the standard output
its result, both JSON: `["commit", 0, 5, "note"]` gives `"Revoked"` where that was raised.
"""

import json
import sys

import msgspec

from pipeline.kafka_log.reader import KafkaReader
from pipeline.kafka_log.settings import KafkaSettings


def run(settings: KafkaSettings) -> None:
    reader = KafkaReader(settings)
    for line in sys.stdin:
        name, *arguments = json.loads(line)
        try:
            if name == "fetch":
                entries = reader.fetch(*arguments, max_records=1000, max_bytes=2**26)
                result: object = [entry.offset for entry in entries]
            else:
                result = getattr(reader, name)(*arguments)
        except Exception as error:  # noqa: BLE001 - told to the test
            result = type(error).__name__
        sys.stdout.write(json.dumps(result) + "\n")
        sys.stdout.flush()


if __name__ == "__main__":
    run(msgspec.json.decode(sys.argv[1], type=KafkaSettings))
