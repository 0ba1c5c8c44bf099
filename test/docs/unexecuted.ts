/** What the tests do not run of what a page says to type, and why. Its syntax is checked all the same. */
export const unexecuted: readonly { readonly typed: RegExp; readonly reason: string }[] = [
  { typed: /^aws /, reason: 'It asks AWS itself, where the tests have no account.' },
  { typed: /^(?:cosign|gh) /, reason: 'It looks at the signatures of a release, which a release alone has.' },
  { typed: / oci:\/\//, reason: 'It asks for a release, where the tests have the chart itself.' },
  { typed: /^git clone /, reason: 'It asks the network; CI begins with a checkout.' },
  { typed: /^npm ci$/, reason: '.ci/run begins with it.' },
  { typed: /^npm test$|^npm run (?:typecheck|lint|generate|build|demo|test:\w+)$/, reason: '.ci/run runs it.' },
  { typed: /^npm run bench/, reason: 'It takes minutes; the pieces are tested in test/bench and test/simulator.' },
  {
    typed: /^(?:COURIER_PROPERTY_\w+=\d+ )?node --test /,
    reason: 'The tiers run these files; the judge looks for them.',
  },
];

/** Why a line is not run; undefined when it is. */
export function reasonNotToRun(line: string): string | undefined {
  return unexecuted.find(({ typed }) => typed.test(line))?.reason;
}
