import { workerEndToEnd } from '../worker/end-to-end/suite.ts';
import { forEachServer } from './servers.ts';

forEachServer((server) => workerEndToEnd(() => server, 2_000));
