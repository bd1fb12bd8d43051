// Prints each completed task with its reward, from the first one on and then live: each once, in whichever order the
// topics arrive. node completions.mjs client.properties (what ./ates kafka-client prints)
import { randomUUID } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { AvroDeserializer, SchemaRegistryClient, SerdeType } from '@confluentinc/schemaregistry';
import { Kafka, logLevel } from 'kafkajs';

const settings = Object.fromEntries(readFileSync(process.argv[2], 'utf8').split('\n').filter(line => line.includes('='))
  .map(line => [line.slice(0, line.indexOf('=')), line.slice(line.indexOf('=') + 1)]));
const [, username, password] = /username="(.*?)" password="(.*?)"/.exec(settings['sasl.jaas.config']);
const registry = new SchemaRegistryClient({
  baseURLs: [settings['schema.registry.url']],
  basicAuthCredentials: { credentialsSource: 'USER_INFO', userInfo: `${username}:${password}` },
});
const values = new AvroDeserializer(registry, SerdeType.VALUE, {});
const kafka = new Kafka({
  clientId: 'completions', brokers: settings['bootstrap.servers'].split(','), logLevel: logLevel.ERROR,
  ssl: settings['security.protocol'] === 'SASL_SSL',
  sasl: { mechanism: settings['sasl.mechanism'].toLowerCase(), username, password },
});

const seen = new Set();  // fact ids; a program with a database keeps them there, in the transaction that applies the fact
const tasks = new Map(); // what is known of a task so far

async function handle(topic, { value, headers }) {
  const type = headers.ce_type?.toString();
  if (value === null || !['Tasks.Completed', 'Users.BalanceChanged'].includes(type)) return;
  if (!headers.ce_dataschema.toString().endsWith(`/${type}/v1`)) {
    if (headers.ce_dataversions.toString().split(',').includes('1')) return; // the same fact comes as version 1, too
    console.error(`${type} does not come in version 1 any more`);
    process.exit(1);
  }
  const fact = headers.ce_factid.toString();
  if (seen.has(fact)) return;
  const event = await values.deserialize(topic, value); // fails while the registry is away: then the record comes again
  seen.add(fact);
  if (type === 'Users.BalanceChanged' && event.kind !== 'REWARD') return;
  const task = { ...tasks.get(event.task_id), [type]: event };
  tasks.set(event.task_id, task);
  const { 'Tasks.Completed': completion, 'Users.BalanceChanged': reward } = task;
  if (completion && reward) {
    const at = new Date(completion.completed_at / 1000).toISOString();
    console.log(`${at} task ${event.task_id} by ${completion.assignee_id}: ${reward.change_cents} cents`);
  }
}

// Reads committed records only, which is kafkajs' default.
const consumer = kafka.consumer({ groupId: `completions-${randomUUID()}` });
await consumer.connect();
await consumer.subscribe({ topics: ['ates.tasks', 'ates.balances'], fromBeginning: true });
await consumer.run({ eachMessage: ({ topic, message }) => handle(topic, message) });
