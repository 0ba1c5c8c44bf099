import type { Derived, ReadSecret, SecretSource } from '../../../worker/wire/secrets.ts';

/** Secrets that a test holds in its hands. */
export class FixedSecrets implements SecretSource {
  #values: Readonly<Record<string, string>>;
  readonly #makers: (() => void)[] = [];

  /** @param values by `<Secret>/<key>`. */
  constructor(values: Readonly<Record<string, string>> = {}) {
    this.#values = values;
  }

  derive<Value>(make: (read: ReadSecret) => Value): Derived<Value> {
    const read: ReadSecret = (secret, key) => this.#values[`${secret}/${key}`];
    const derived = { current: make(read) };
    this.#makers.push(() => {
      derived.current = make(read);
    });
    return derived;
  }

  rotate(values: Readonly<Record<string, string>>): void {
    this.#values = values;
    for (const make of this.#makers) make();
  }
}
