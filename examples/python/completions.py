"""Prints each completed task with its reward, from the first one on and then live: each once, in whichever order the
topics arrive. python3 completions.py client.properties (what ./ates kafka-client prints)

Needs confluent-kafka and avro (in Debian: python3-confluent-kafka, python3-avro)."""
import base64, io, json, re, sys, urllib.request, uuid
from functools import lru_cache

import avro.io
import avro.schema
from confluent_kafka import Consumer, KafkaException

SETTINGS = dict(line.rstrip("\n").split("=", 1) for line in open(sys.argv[1]) if "=" in line)
USER, PASSWORD = re.search(r'username="(.*?)" password="(.*?)"', SETTINGS["sasl.jaas.config"]).groups()
COMPLETED, CHANGED = "Tasks.Completed", "Users.BalanceChanged"


@lru_cache(maxsize=None)
def schema(number):
    request = urllib.request.Request("%s/schemas/ids/%d" % (SETTINGS["schema.registry.url"], number))
    request.add_header("Authorization", "Basic " + base64.b64encode(f"{USER}:{PASSWORD}".encode()).decode())
    with urllib.request.urlopen(request, timeout=10) as answer:
        return avro.schema.parse(json.load(answer)["schema"])


def decode(value):
    """A zero byte, the schema's id in four bytes, and Avro."""
    reader = avro.io.DatumReader(schema(int.from_bytes(value[1:5], "big")))
    return reader.read(avro.io.BinaryDecoder(io.BytesIO(value[5:])))


consumer = Consumer({
    "bootstrap.servers": SETTINGS["bootstrap.servers"], "security.protocol": SETTINGS["security.protocol"],
    "sasl.mechanism": SETTINGS["sasl.mechanism"], "sasl.username": USER, "sasl.password": PASSWORD,
    "group.id": "completions-%s" % uuid.uuid4(), "auto.offset.reset": "earliest", "isolation.level": "read_committed"})
consumer.subscribe(["ates.tasks", "ates.balances"])
seen = set()  # fact ids; a program with a database keeps them there, in the transaction that applies the fact
tasks = {}  # what is known of a task so far
while True:
    record = consumer.poll(1)
    if record is None:
        continue
    if record.error():
        raise KafkaException(record.error())
    headers = {name: (value or b"").decode() for name, value in record.headers() or []}
    type = headers.get("ce_type")
    if record.value() is None or type not in (COMPLETED, CHANGED):
        continue
    if not headers["ce_dataschema"].endswith(f"/{type}/v1"):
        if "1" in headers["ce_dataversions"].split(","):
            continue  # the same fact comes as version 1, too
        sys.exit(f"{type} does not come in version 1 any more")
    if headers["ce_factid"] in seen:
        continue
    event = decode(record.value())
    seen.add(headers["ce_factid"])
    if type == CHANGED and event["kind"] != "REWARD":
        continue
    task = tasks.setdefault(event["task_id"], {})
    task[type] = event
    if len(task) == 2:
        at = task[COMPLETED]["completed_at"].isoformat(timespec="milliseconds").replace("+00:00", "Z")
        print(f"{at} task {event['task_id']} by {task[COMPLETED]['assignee_id']}: {task[CHANGED]['change_cents']} cents",
              flush=True)
