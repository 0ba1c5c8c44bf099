import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { shellLines } from './shell.ts';

const read = (language: string, text: string) => shellLines({ page: 'a.md', line: 5, language, text });

describe('the reader of shell snippets', () => {
  it('joins lines that go on, and drops comments and what is empty', () => {
    const [first, second, ...others] = read('sh', 'npm ci   # once\n\n# a comment\nhelm install a \\\n  --set b=c\n');
    assert.deepEqual([first?.text, first?.line], ['npm ci', 5]);
    assert.deepEqual([second?.text, second?.line], ['helm install a  --set b=c', 8]);
    assert.deepEqual(others, []);
  });

  it('takes programs apart, without variables, redirections and quotes', () => {
    const [line] = read(
      'sh',
      `A=1 courier plan -f "a b" > out.json && kubectl get x -o jsonpath='{.a|b}' | grep '"c":1'`,
    );
    assert.deepEqual(line?.programs, [
      ['courier', 'plan', '-f', 'a b'],
      ['kubectl', 'get', 'x', '-o', 'jsonpath={.a|b}'],
      ['grep', '"c":1'],
    ]);
    assert.deepEqual(read('sh', 'export A=b')[0]?.programs, [['export', 'A=b']]);
  });

  it('tells what a console prints from what is typed', () => {
    const lines = read('console', '$ courier top\nNAME   WHY\n# orders\n$ courier plan \\\n>   -f a\nx\n');
    assert.deepEqual(
      lines.map(({ text, output }) => [text, output]),
      [
        ['courier top', ['NAME   WHY', '# orders']],
        ['courier plan  -f a', ['x']],
      ],
    );
  });
});
