import type { FieldPath } from '../../api/field-path.ts';
import type { Courier } from '../../api/v1alpha1.gen.ts';
import type { Advice } from './advice.ts';

/** What names end in whose values are secret; `AWS_WEB_IDENTITY_TOKEN_FILE` names a file. */
const secretEnding = /(?:^|[-_.])(?:tokens?|secrets?|password|passwd|credentials?|(?:api|access|private)[-_]?key)$/i;
/** Headers that carry credentials, and parameters that signed URLs have. */
const secretHeader = /^(?:authorization|cookie|proxy-authorization)$/i;
const secretParameter = /^(?:x-amz-)?(?:sig|signature)$/i;

/**
 * Values that look like secrets and are written out, where everybody reads them who may read the Courier. No rule of the CRD
 * says so: by its name alone nobody can be sure.
 */
export function writtenOutSecrets({ spec }: Courier): readonly Advice[] {
  const { url, serviceRef, headers = [] } = spec.recipient;
  return [
    ...inQuery(['spec', 'recipient', 'url'], url),
    ...inQuery(['spec', 'recipient', 'serviceRef', 'path'], serviceRef?.path),
    ...headers.flatMap(({ name, value }, index) =>
      value !== undefined && (secretHeader.test(name) || secretEnding.test(name))
        ? [writtenOut(['spec', 'recipient', 'headers', index, 'value'], `the header ${name}`)]
        : [],
    ),
    ...(spec.worker.env ?? []).flatMap(({ name, value }, index) =>
      value !== undefined && secretEnding.test(name)
        ? [writtenOut(['spec', 'worker', 'env', index, 'value'], `the variable ${name}`)]
        : [],
    ),
  ];
}

function inQuery(path: FieldPath, url: string | undefined): readonly Advice[] {
  const query = url?.split('?', 2)[1];
  if (query === undefined) return [];
  const names = [...new URLSearchParams(query).keys()];
  const name = names.find((one) => secretParameter.test(one) || secretEnding.test(one));
  if (name === undefined) return [];
  const message = `"${name}" is in the query, and the URL is in the audit, in logs and in conditions`;
  const remedy = 'If it is secret, send it in a header from a Secret: recipient.headers[].valueFrom.';
  return [{ path, message, remedy }];
}

function writtenOut(path: FieldPath, what: string): Advice {
  const message = `the value of ${what} is written out, for everybody who may read the Courier`;
  return { path, message, remedy: 'If it is secret, name a Secret in valueFrom instead.' };
}
