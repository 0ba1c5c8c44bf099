import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { decodeCourier, manifestSchema } from '../../api/courier.ts';
import { formatPath } from '../../api/field-path.ts';
import { parseQueueUrl } from '../../api/queue-url.ts';
import { courierWith, remedyOf, ruleKeys } from './manifests.ts';
import { type Fields, headerValue, ruleCases } from './rule-cases.ts';

describe('every CEL rule', () => {
  const rules = ruleKeys(manifestSchema);

  it('has a refused and an accepted manifest here', () => {
    assert.deepEqual(Object.keys(ruleCases).sort(), rules.map(({ key }) => key).sort());
    for (const { refused, accepted } of Object.values(ruleCases)) assert.ok(refused.length > 0 && accepted.length > 0);
  });

  for (const { key, rule } of rules) {
    const { field = '', says = /^$/, refused = [], accepted = [] } = ruleCases[key] ?? {};
    for (const fields of refused) {
      it(`${key} refuses ${JSON.stringify(fields)}`, () => {
        const { courier, violations } = decodeCourier(courierWith(fields));
        assert.equal(courier, undefined);
        const said = violations.map(({ path, message, remedy }) => ({ field: formatPath(path), message, remedy }));
        const [violation] = said;
        assert.equal(said.length, 1, JSON.stringify(said));
        assert.equal(violation?.field, field);
        assert.equal(violation.remedy, remedyOf(rule));
        if (!JSON.stringify(fields).includes('\\n')) assert.match(violation.message, says);
      });
    }
    for (const fields of accepted) {
      it(`${key} accepts ${JSON.stringify(fields)}`, () => {
        assert.deepEqual(decodeCourier(courierWith(fields)).violations, []);
      });
    }
  }
});

describe('messages', () => {
  const messagesOf = (fields: Fields) => decodeCourier(courierWith(fields)).violations.map(({ message }) => message);

  it('fall back to the one without the value when the value has a line break, as on the API server', () => {
    assert.deepEqual(messagesOf({ 'spec.queue.url': 'a\nb' }), ['The value is not the URL of a queue']);
  });

  it('shorten what they quote', () => {
    const [message = ''] = messagesOf({ 'spec.queue.url': 'x'.repeat(2000) });
    assert.ok(message.length < 150, message);
  });

  it('quote no header value and no password in a URL', () => {
    const secrets: readonly Fields[] = [
      headerValue('hunter2\n'),
      headerValue('hunter2'.repeat(1000)),
      { 'spec.recipient.headers': 'authorization: hunter2' },
      { 'spec.recipient.headers': ['authorization: hunter2'] },
      { 'spec.recipient.headers': { authorization: 'hunter2' } },
      { 'spec.recipient.headers': [{ name: 'authorization', value: ['hunter2'] }] },
      { 'spec.recipient.headers': [{ authorization: 'hunter2' }] },
      { 'spec.recipient': 'hunter2' },
      { 'spec.recipient.url': 'http://me:hunter2@orders/' },
      { 'spec.recipient.url': 'HTTP://me:hunter2@orders/ x' },
      { 'spec.queue.endpoint': 'http://me:hunter2@localhost' },
    ];
    for (const fields of secrets) {
      const { violations } = decodeCourier(courierWith(fields));
      assert.ok(violations.length > 0);
      assert.ok(!JSON.stringify(violations).includes('hunter2'), JSON.stringify(violations));
    }
  });
});

describe('the rule that requires a region', () => {
  const hosts = [
    'sqs.eu-west-1.amazonaws.com',
    'SQS.EU-WEST-1.AMAZONAWS.COM',
    'sqs.eu-west-1.amazonaws.com:443',
    'sqs.cn-north-1.amazonaws.com.cn',
    'sqs-fips.us-gov-west-1.amazonaws.com',
    'sqs.eu-west-1.api.aws',
    'vpce-0a1b-2c3d.sqs.eu-west-1.vpce.amazonaws.com',
    'eu-west-1.queue.amazonaws.com',
    'queue.amazonaws.com',
    'queue.api.aws',
    'queue.amazonaws.com.cn',
    'sqs.amazonaws.com',
    'a.b.sqs.eu-west-1.amazonaws.com',
    'sqs.eu-west-1.amazonaws.com.evil.example',
    'xsqs.eu-west-1.amazonaws.com',
    'sqs.eu-west-1.localhost',
    'localhost:9324',
    '[::1]:9324',
  ];
  for (const host of hosts) {
    it(`agrees with parseQueueUrl about ${host}`, () => {
      const url = `https://${host}/123456789012/orders`;
      const isRefused = decodeCourier(courierWith({ 'spec.queue.url': url })).violations.length > 0;
      assert.equal(isRefused, parseQueueUrl(url).region === undefined);
    });
  }
});
