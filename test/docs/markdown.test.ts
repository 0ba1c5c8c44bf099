import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { readPage } from './markdown.ts';

const page = readPage(
  'a.md',
  `# The \`a\` & B

Some [link](b.md#c-d) and ![image](c.svg "title"), \`code that
goes on\`, and [\`code\`](d.md).

## Twice
## Twice

- an item

    of two paragraphs

\`\`\`sh
courier x   # not a heading

    indented
\`\`\`

1. in a list
   ~~~yaml
   a:
     b: "[no](link)"
   ~~~

    indented code
    in two lines
`,
);

describe('the reader of pages', () => {
  it('takes code between fences apart, without the indent of its fence', () => {
    assert.deepEqual(page.snippets, [
      { page: 'a.md', line: 14, language: 'sh', text: 'courier x   # not a heading\n\n    indented\n' },
      { page: 'a.md', line: 21, language: 'yaml', text: 'a:\n  b: "[no](link)"\n' },
    ]);
  });

  it('finds links and code, with their lines', () => {
    assert.deepEqual(page.links, [
      { page: 'a.md', line: 3, text: 'b.md#c-d' },
      { page: 'a.md', line: 3, text: 'c.svg' },
      { page: 'a.md', line: 4, text: 'd.md' },
    ]);
    assert.deepEqual(
      page.code.map(({ text }) => text),
      ['a', 'code that goes on', 'code'],
    );
  });

  it('makes the anchors that GitHub makes', () => {
    assert.deepEqual([...page.anchors], ['the-a--b', 'twice', 'twice-1']);
  });

  it('tells code that has no language', () => {
    const alone = readPage('b.md', 'Text:\n\n    code\n    more of it\n\n- item\n\n    of the item\n');
    assert.deepEqual(alone.indented, [{ page: 'b.md', line: 3, text: 'code' }]);
  });

  it('refuses code without an end', () => {
    assert.throws(() => readPage('c.md', 'a\n```sh\nb\n'), /c\.md:2: the code that begins here has no end/);
  });
});
