import assert from 'node:assert/strict';
import { describe, it } from 'node:test';
import fc from 'fast-check';
import { keyOf } from '../../../operator/kube/objects.ts';
import { byController, Store, withoutManagedFields } from '../../../operator/kube/store.ts';
import { storeList } from '../../../operator/kube/store-events.ts';
import { type ConfigMap, configMap } from '../../support/kube/kinds.ts';
import { checkProperty } from '../../support/properties.ts';

function colourOf({ metadata }: ConfigMap): readonly string[] {
  return metadata.labels?.colour?.split('+') ?? [];
}

describe('a store', () => {
  it('finds by an index exactly what a search through everything finds', () => {
    const colours = ['red', 'blue', 'red+blue', 'green'] as const;
    const write = fc.record({
      name: fc.constantFrom('a', 'b', 'c', 'd'),
      colour: fc.option(fc.constantFrom(...colours)),
    });
    checkProperty(
      fc.property(fc.array(write), (writes) => {
        const store = new Store({ colour: colourOf });
        for (const { name, colour } of writes) {
          if (colour === null) store.delete(`ns/${name}`);
          else store.set(configMap('ns', name, 'one', { colour }));
        }
        for (const colour of ['red', 'blue', 'green']) {
          const found = store.by('colour', colour).map(keyOf).sort();
          const searched = [...store.values()].filter((object) => colourOf(object).includes(colour));
          assert.deepEqual(found, searched.map(keyOf).sort());
        }
      }),
    );
  });

  it('finds children by the uid of their controller, not of other owners', () => {
    const owner = { apiVersion: 'v1', kind: 'Owner', name: 'o' };
    const ownerReferences = [
      { ...owner, uid: '1', controller: true },
      { ...owner, uid: '2' },
    ];
    const child = { ...configMap('ns', 'child'), metadata: { namespace: 'ns', name: 'child', ownerReferences } };
    const store = new Store({ controller: byController });
    store.set(child);
    assert.deepEqual(store.by('controller', '1'), [child]);
    assert.deepEqual(store.by('controller', '2'), []);
  });

  it('keeps objects without the record of who owns their fields', () => {
    const annotations = { kept: 'yes', 'kubectl.kubernetes.io/last-applied-configuration': '{}' };
    const object = { metadata: { name: 'a', managedFields: [{ manager: 'm' }], annotations } };
    assert.deepEqual(withoutManagedFields(object), { metadata: { name: 'a', annotations: { kept: 'yes' } } });
    assert.equal(object.metadata.managedFields.length, 1);
  });
});

describe('a list put into a store', () => {
  const version = (name: string, uid: string, resourceVersion: string): ConfigMap => ({
    metadata: { namespace: 'ns', name, uid, resourceVersion },
  });

  it('tells what was added, changed, deleted, and made anew under the same name', () => {
    const store = new Store<ConfigMap>({});
    const initial = [version('same', '1', '10'), version('changed', '2', '10'), version('gone', '3', '10')];
    assert.deepEqual(
      storeList(store, [...initial, version('anew', '4', '10')], true).map(({ type }) => type),
      ['added', 'added', 'added', 'added'],
    );
    const next = [version('same', '1', '10'), version('changed', '2', '11'), version('anew', '5', '12')];
    const events = storeList(store, [...next, version('new', '6', '13')], false);
    assert.deepEqual(
      events.map(({ type, object }) => `${type} ${object.metadata.name} ${object.metadata.uid}`),
      ['deleted gone 3', 'updated changed 2', 'deleted anew 4', 'added anew 5', 'added new 6'],
    );
  });
});
