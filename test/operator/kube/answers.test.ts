import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import { publishedSchema } from '../../../operator/kube/answers.ts';
import { namespaced } from '../../../operator/kube/resources.ts';

const widgets = namespaced('example.com/v1', 'Widget', 'widgets');
const schemaOf = (kind: string, group = 'example.com') => ({
  type: 'object',
  'x-kubernetes-group-version-kind': [{ group, version: 'v1', kind }],
});

describe('the schema that an API server publishes of a kind', () => {
  it('is found by group, version and kind, among others of the same name', () => {
    const schemas = {
      'io.k8s.Status': { type: 'object' },
      'com.example.v1.WidgetList': schemaOf('WidgetList'),
      'com.other.v1.Widget': schemaOf('Widget', 'other.com'),
      'com.example.v1.Widget': schemaOf('Widget'),
    };
    assert.equal(publishedSchema({ components: { schemas } }, widgets), schemas['com.example.v1.Widget']);
  });

  it('is none where there is no such kind, or no document', () => {
    for (const document of [{ components: { schemas: { a: schemaOf('Gadget') } } }, {}, undefined, 'text'])
      assert.equal(publishedSchema(document, widgets), undefined);
  });
});
