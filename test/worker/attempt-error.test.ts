import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { attemptFailure } from '../../worker/attempt-error.ts';
import type { AttemptError } from '../../worker/recipient.ts';

function failure(message: string, properties: { code?: string; syscall?: string }): Error {
  return Object.assign(new Error(message), properties);
}

describe('the failure of an attempt', () => {
  const cases: [error: AttemptError, ...{ code: string; syscall?: string }[]][] = [
    [
      'UnknownHost',
      { code: 'ENOTFOUND', syscall: 'getaddrinfo' },
      { code: 'EAI_AGAIN', syscall: 'getaddrinfo' },
      { code: 'EAI_FAIL', syscall: 'getaddrinfo' },
    ],
    ['ConnectTimeout', { code: 'UND_ERR_CONNECT_TIMEOUT' }, { code: 'ETIMEDOUT', syscall: 'connect' }],
    [
      'ConnectFailed',
      { code: 'ECONNREFUSED', syscall: 'connect' },
      { code: 'ECONNRESET', syscall: 'connect' },
      { code: 'EHOSTUNREACH', syscall: 'connect' },
      { code: 'ENETUNREACH', syscall: 'connect' },
      { code: 'EADDRNOTAVAIL', syscall: 'connect' },
      { code: 'EMFILE' },
    ],
    [
      'Tls',
      { code: 'DEPTH_ZERO_SELF_SIGNED_CERT' },
      { code: 'SELF_SIGNED_CERT_IN_CHAIN' },
      { code: 'UNABLE_TO_VERIFY_LEAF_SIGNATURE' },
      { code: 'UNABLE_TO_GET_ISSUER_CERT_LOCALLY' },
      { code: 'CERT_HAS_EXPIRED' },
      { code: 'CERT_NOT_YET_VALID' },
      { code: 'UNABLE_TO_GET_CRL' },
      { code: 'INVALID_CA' },
      { code: 'INVALID_PURPOSE' },
      { code: 'PATH_LENGTH_EXCEEDED' },
      { code: 'ERR_TLS_CERT_ALTNAME_INVALID' },
      { code: 'ERR_SSL_WRONG_VERSION_NUMBER' },
      { code: 'EPROTO', syscall: 'write' },
    ],
    ['Timeout', { code: 'UND_ERR_HEADERS_TIMEOUT' }, { code: 'UND_ERR_BODY_TIMEOUT' }],
    [
      'Reset',
      { code: 'ECONNRESET', syscall: 'read' },
      { code: 'ECONNRESET' },
      { code: 'ECONNABORTED', syscall: 'write' },
      { code: 'EPIPE', syscall: 'write' },
      { code: 'ETIMEDOUT', syscall: 'read' },
      { code: 'UND_ERR_SOCKET' },
      { code: 'UND_ERR_ABORTED' },
    ],
    ['Protocol', { code: 'HPE_INVALID_CONSTANT' }, { code: 'UND_ERR_HEADERS_OVERFLOW' }, { code: 'UND_ERR_CLOSED' }],
  ];
  for (const [error, ...properties] of cases) {
    for (const { code, syscall } of properties) {
      it(`is ${error} for ${code}${syscall === undefined ? '' : ` of ${syscall}`}`, () => {
        const native = failure('the words', syscall === undefined ? { code } : { code, syscall });
        assert.deepEqual(attemptFailure(native), { error, detail: 'the words' });
      });
    }
  }

  it('is that of the first address where a host has several, with its words', () => {
    const refused = failure('connect ECONNREFUSED ::1:80', { code: 'ECONNREFUSED', syscall: 'connect' });
    const timedOut = failure('connect ETIMEDOUT 10.0.0.1:80', { code: 'ETIMEDOUT', syscall: 'connect' });
    assert.deepEqual(attemptFailure(Object.assign(new AggregateError([refused, timedOut]), { code: 'ETIMEDOUT' })), {
      error: 'ConnectFailed',
      detail: 'connect ECONNREFUSED ::1:80',
    });
  });

  it('is Protocol for what is no error of Node or undici, told on one line', () => {
    assert.deepEqual(attemptFailure(new Error('odd\n')), { error: 'Protocol', detail: 'odd' });
    assert.deepEqual(attemptFailure('odd'), { error: 'Protocol', detail: 'odd' });
    assert.deepEqual(attemptFailure(new AggregateError([], 'nothing')), { error: 'Protocol', detail: 'nothing' });
    assert.deepEqual(attemptFailure(undefined), { error: 'Protocol', detail: 'undefined' });
  });
});
