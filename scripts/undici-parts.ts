import type { Plugin } from 'esbuild';

/** What the sources import of undici. A name that is missing here fails the build. */
const parts = {
  Agent: 'undici/lib/dispatcher/agent.js',
  Pool: 'undici/lib/dispatcher/pool.js',
  ProxyAgent: 'undici/lib/dispatcher/proxy-agent.js',
};

/** Each is loaded when it is first used. `request` is what undici's own index gives to every dispatcher. */
const index = `
require('undici/lib/dispatcher/dispatcher.js').prototype.request = require('undici/lib/api/api-request.js');
module.exports = {
${Object.entries(parts)
  .map(([name, path]) => `  get ${name}() { return require('${path}'); },`)
  .join('\n')}
};
`;

/**
 * Bundles the parts of undici that are used, and not its index: that loads fetch, WebSocket, caches and mocks as well, which
 * cost every process some MiB of memory and time at the start.
 */
export const undiciParts: Plugin = {
  name: 'undici-parts',
  setup(build) {
    const namespace = 'undici-parts';
    build.onResolve({ filter: /^undici$/ }, ({ path }) => ({ path, namespace }));
    build.onLoad({ filter: /.*/, namespace }, () => ({ contents: index, resolveDir: import.meta.dirname }));
  },
};
