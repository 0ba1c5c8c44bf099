import type { ApiClient } from '../api-client.ts';
import type { Pod, TokenProjection } from './objects.ts';

type Token = { readonly text: string; readonly renewAtMs: number };

/** Tokens of one pod's service account, bound to the pod, asked for anew when four fifths of their life are over. */
export class TokenSource {
  readonly #client: ApiClient;
  readonly #tokens = new Map<string, Token>();

  constructor(client: ApiClient) {
    this.#client = client;
  }

  async token(pod: Pod, { audience, expirationSeconds = 3600 }: TokenProjection): Promise<string> {
    const key = `${audience ?? ''} ${expirationSeconds}`;
    const known = this.#tokens.get(key);
    if (known !== undefined && performance.now() < known.renewAtMs) return known.text;
    const text = await this.#request(pod, audience, expirationSeconds);
    this.#tokens.set(key, { text, renewAtMs: performance.now() + expirationSeconds * 800 });
    return text;
  }

  /** https://kubernetes.io/docs/reference/kubernetes-api/authentication-resources/token-request-v1/ */
  async #request(pod: Pod, audience: string | undefined, expirationSeconds: number): Promise<string> {
    const { name, namespace, uid } = pod.metadata;
    const request = {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: {
        audiences: audience === undefined ? [] : [audience],
        expirationSeconds,
        boundObjectRef: { apiVersion: 'v1', kind: 'Pod', name, uid },
      },
    };
    const path = `/api/v1/namespaces/${namespace}/serviceaccounts/${pod.spec.serviceAccountName ?? 'default'}/token`;
    const answer = await this.#client.create<{ status: { token: string } }>(path, request);
    return answer.status.token;
  }
}
