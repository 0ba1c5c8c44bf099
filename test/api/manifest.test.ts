import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { parseManifests } from '../../api/manifest.ts';
import { formatProblem, ManifestError } from '../../api/problem.ts';
import { courierWith } from './manifests.ts';

const valid = `apiVersion: courier.dev/v1alpha1
kind: Courier
metadata: { name: orders, namespace: shop }
spec:
  queue:
    url: https://sqs.eu-west-1.amazonaws.com/123456789012/orders
  recipient:
    url: http://orders.shop.svc/events
  audit:
    none: {}
`;
const deployment = 'apiVersion: apps/v1\nkind: Deployment\nmetadata: { name: x }\n';
const begin = 'Begin with apiVersion: courier.dev/v1alpha1 and kind: Courier.';
const addOne = 'Add one that begins with apiVersion: courier.dev/v1alpha1 and kind: Courier.';
const unread = 'Correct it; what follows was not read.';

function problemsOf(text: string): readonly string[] {
  return parseManifests(text, 'c.yaml').problems.map(formatProblem);
}

function namesOf(text: string): readonly string[] {
  const { couriers, problems } = parseManifests(text, 'c.yaml');
  assert.deepEqual(problems.map(formatProblem), []);
  return couriers.map(({ courier, line }) => `${courier.metadata.namespace}/${courier.metadata.name} at ${line}`);
}

/** What a user may get wrong, and the one line that answers it. */
const mistakes: Readonly<Record<string, readonly [text: string, ...problems: string[]]>> = {
  'an empty file': ['', `c.yaml:1:1: the file is empty. ${addOne}`],
  'a file of comments': ['# nothing\n---\n---\n', `c.yaml:1:1: the file is empty. ${addOne}`],
  'only other kinds': [deployment, `c.yaml:1:1: the file has no Courier, only Deployment. ${addOne}`],
  'a list at the top': ['- a\n- b\n', `c.yaml:1:1: ["a","b"] is not an object. ${begin}`],
  'a web page': ['<html>', `c.yaml:1:1: "<html>" is not an object. ${begin}`],
  'no apiVersion': ['kind: Courier\n', `c.yaml:1:1: apiVersion: is required and missing. ${begin}`],
  'no kind': ['apiVersion: courier.dev/v1alpha1\n', `c.yaml:1:1: kind: is required and missing. ${begin}`],
  'a kind that is no string': ['apiVersion: v1\nkind: 1\n', `c.yaml:2:7: kind: must be a string, not 1. ${begin}`],
  'another version': [
    valid.replace('v1alpha1', 'v1'),
    'c.yaml:1:13: apiVersion: "courier.dev/v1" is not a version of Courier. Write courier.dev/v1alpha1.',
  ],
  'another group': [
    valid.replace('courier.dev', 'courier.io'),
    'c.yaml:1:13: apiVersion: "courier.io/v1alpha1" is not a version of Courier. Write courier.dev/v1alpha1.',
  ],
  'a kind in lower case': [
    valid.replace('kind: Courier', 'kind: courier'),
    'c.yaml:2:7: kind: "courier" is not a kind of courier.dev. Did you mean Courier?',
  ],
  'an unknown kind of our group': [
    valid.replace('kind: Courier', 'kind: Fleet'),
    'c.yaml:2:7: kind: "Fleet" is not a kind of courier.dev. Write Courier.',
  ],
  'no metadata': [
    valid.replace(/metadata.*\n/, ''),
    'c.yaml:1:1: metadata: is required and missing. Add it: the name of the Courier, and its namespace.',
  ],
  'no name': [
    valid.replace('name: orders, ', ''),
    'c.yaml:3:1: metadata.name: is required and missing. Add it: the name of the Courier, unique in its namespace.',
  ],
  'a name that is a number': [
    valid.replace('name: orders', 'name: 123'),
    'c.yaml:3:19: metadata.name: must be a string, not the number 123. Put it in quotes.',
  ],
  'no spec': [
    valid.slice(0, valid.indexOf('spec:')),
    'c.yaml:1:1: spec: is required and missing. Add it: what should be delivered, where to, and how.',
  ],
  'an empty spec': [
    `${valid.slice(0, valid.indexOf('spec:'))}spec:\n`,
    'c.yaml:4:1: spec: is required and missing. Add it: what should be delivered, where to, and how.',
  ],
  'a tab': [valid.replace('    none', '\tnone'), 'c.yaml:10:1: the line is indented with a tab. Indent with spaces.'],
  'a duplicate key': [
    valid.replace('  audit:', '  queue: {}\n  audit:'),
    'c.yaml:9:3: the key queue appears twice in the same object. Keep one of them.',
  ],
  'two duplicate keys': [
    'a: 1\nb: 1\na: 2\nb: 2\n',
    'c.yaml:3:1: the key a appears twice in the same object. Keep one of them.',
    'c.yaml:4:1: the key b appears twice in the same object. Keep one of them.',
  ],
  'an open bracket': [
    'spec: [\n',
    `c.yaml:2:1: the file is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]. ${unread}`,
  ],
  'an open quote': ['a: "x\n', `c.yaml:2:1: the file is not valid YAML: missing closing "quote. ${unread}`],
  'a colon too many': [
    'a: b: c\n',
    `c.yaml:1:4: the file is not valid YAML: nested mappings are not allowed in compact mappings. ${unread}`,
  ],
  'one mistake that looks like several': [
    'a: [1, 2\nb: "x\n',
    `c.yaml:2:1: the file is not valid YAML: flow sequence in block collection must be sufficiently indented and end with a ]. ${unread}`,
  ],
  'JSON that goes on': [
    '{"a": 1} {',
    `c.yaml:1:10: the file is not valid YAML: unexpected flow-map-start at node end. ${unread}`,
  ],
  'an alias without an anchor': [
    valid.replace('{}', '*none'),
    'c.yaml:10:11: *none has no anchor before it. Define the anchor first.',
  ],
  'an alias in itself': ['a: &a [*a]\n', 'c.yaml:1:8: *a contains itself. Write the value out.'],
  'a tag of another tool': [
    valid.replace('http://orders.shop.svc/events', '!Ref Url'),
    'c.yaml:8:10: the tag is not known: unresolved tag: !Ref. Write the value without a tag.',
  ],
  'a list as a key': ['? [a]\n: b\n', 'c.yaml:1:1: a key is an object, a list or an alias. Use strings as keys.'],
  'a merge of a string': [
    'a: 1\n<<: b\n',
    'c.yaml:2:1: << merges something that is not an object. Merge an alias of an object.',
  ],
  'an unknown field': [
    `${valid}  scaling:\n    maxReplica: 3\n`,
    'c.yaml:12:5: spec.scaling.maxReplica: is not a field of a Courier. Did you mean maxReplicas?',
  ],
  'a region that cannot be derived': [
    valid.replace('https://sqs.eu-west-1.amazonaws.com/123456789012', 'http://localhost:9324/000000000000'),
    'c.yaml:5:3: spec.queue.region: The region cannot be derived from http://localhost:9324/000000000000/orders, whose host is not one of AWS. Set region, for example us-east-1, since requests are signed for a region even where the service ignores it.',
  ],
  'several at once': [
    valid.replace('http://orders', 'ftp://orders').replace('none: {}', 'none: {}\n    body: Fulll') +
      '  suspend: yes please\n',
    'c.yaml:8:10: spec.recipient.url: "ftp://orders.shop.svc/events" is not an http or https URL without a fragment. Write scheme, host and path, like http://orders.shop.svc/events.',
    'c.yaml:11:11: spec.audit.body: "Fulll" is not one of Full, Digest, None. Did you mean Full?',
    'c.yaml:12:12: spec.suspend: must be true or false, not the string "yes please". Write true or false, without quotes.',
  ],
};

describe('a manifest with a mistake', () => {
  for (const [name, [text, ...problems]] of Object.entries(mistakes)) {
    it(`says what to do about ${name}`, () => {
      assert.deepEqual(problemsOf(text), problems);
      assert.equal(parseManifests(text, 'c.yaml').couriers.length, 0);
    });
  }

  it('does not expand aliases of aliases without end', () => {
    const levels = Array.from({ length: 12 }, (_, i) => `l${i + 1}: &l${i + 1} [${`*l${i}, `.repeat(9)}]`);
    assert.deepEqual(problemsOf(`l0: &l0 [x]\n${levels.join('\n')}\n`), [
      'c.yaml:1:1: the document repeats its anchors too often. Write the values out.',
    ]);
  });

  it('cannot move the cursor of who reads the problem', () => {
    const [line = ''] = problemsOf(
      valid.replace('orders.shop.svc/events', 'x"\\e[2J\\n"').replace('http://x', '"http://x\\e[2J'),
    );
    assert.doesNotMatch(line, /\p{Cc}/u);
  });
});

describe('a file', () => {
  it('may have several documents, in YAML or JSON, and comments between them', () => {
    const json = JSON.stringify(courierWith({ 'metadata.name': 'second' }));
    assert.deepEqual(namesOf(`# first\n${valid}---\n# second\n${json}\n---\n`), [
      'shop/orders at 2',
      'default/second at 14',
    ]);
  });

  it('may be JSON indented with tabs', () => {
    assert.deepEqual(namesOf(JSON.stringify(courierWith(), undefined, '\t')), ['default/orders at 1']);
  });

  it('may come from Windows, with a byte order mark', () => {
    assert.deepEqual(namesOf(`\ufeff${valid.replaceAll('\n', '\r\n')}`), ['shop/orders at 1']);
  });

  it('may be a List of either kind', () => {
    const items = [courierWith(), courierWith({ 'metadata.name': 'second' })];
    const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items }, undefined, 1);
    assert.deepEqual(namesOf(list), ['default/orders at 5', 'default/second at 25']);
    assert.equal(namesOf(list.replace('"v1"', '"courier.dev/v1alpha1"').replace('"List"', '"CourierList"')).length, 2);
    assert.deepEqual(problemsOf(list.replace('"spec"', '"spek"').replace(/\n/g, '')).length, 2);
    assert.match(problemsOf(list.replace('"spec"', '"spek"'))[0] ?? '', /^c\.yaml:5:3: items\[0\]\.spec: is required/);
  });

  it('may use anchors and merges, whose values are blamed where they stand', () => {
    const merged = valid
      .replace('none: {}', '<<: *audit')
      .replace('metadata: {', 'metadata: {labels: &audit {none: x},');
    assert.deepEqual(problemsOf(merged), [
      'c.yaml:3:34: spec.audit.none: must be an object, not the string "x". Write {}.',
    ]);
  });

  it('is read as kubectl does: yes is a boolean, a date is a string', () => {
    const header = (value: string) =>
      `${valid}  suspend: yes\n`.replace('events\n', `events\n    headers: [{ name: a, value: ${value} }]\n`);
    const { couriers } = parseManifests(header('2026-01-01'), 'c.yaml');
    assert.equal(couriers[0]?.courier.spec.suspend, true);
    assert.equal(couriers[0]?.courier.spec.recipient.headers?.[0]?.value, '2026-01-01');
    assert.deepEqual(problemsOf(header('no')), [
      'c.yaml:9:33: spec.recipient.headers[0].value: must be a string, not the boolean. Put it in quotes.',
    ]);
  });

  it('has other kinds skipped, and noted', () => {
    const { couriers, skipped, problems } = parseManifests(`${deployment}---\n${valid}`, 'c.yaml');
    assert.deepEqual([couriers.length, problems], [1, []]);
    assert.deepEqual(skipped, [{ kind: 'Deployment', file: 'c.yaml', line: 1 }]);
  });

  it('has each Courier once', () => {
    assert.deepEqual(problemsOf(`${valid}---\n${valid}`), [
      'c.yaml:12:1: metadata.name: shop/orders is also the Courier of line 1. Rename or remove one of them.',
    ]);
    assert.equal(namesOf(`${valid}---\n${valid.replace('shop', 'other')}`).length, 2);
  });

  it('gives its valid Couriers although another has a problem', () => {
    const { couriers, problems } = parseManifests(`${valid}---\n${valid.replace('queue:', 'queu:')}`, 'c.yaml');
    assert.equal(couriers.length, 1);
    assert.deepEqual(
      problems.map(({ line, path }) => [line, path]),
      [
        [15, 'spec.queue'],
        [16, 'spec.queu'],
      ],
    );
  });

  it('may hold unknown fields where they are to be ignored', () => {
    const { couriers, problems, warnings } = parseManifests(`${valid}  future: 1\n`, 'c.yaml', 'Ignore');
    assert.deepEqual([couriers.length, problems], [1, []]);
    assert.deepEqual(warnings.map(formatProblem).length, 1);
    assert.ok(!('future' in (couriers[0]?.courier.spec ?? {})));
  });
});

describe('ManifestError', () => {
  it('has a line for each problem', () => {
    const { problems } = parseManifests('a: 1\nb: 1\na: 2\nb: 2\n', 'c.yaml');
    assert.equal(new ManifestError(problems).message.split('\n').length, 2);
  });
});
