import type { SuiteScenario } from '../scenario.ts';
import { loads, troubles } from './loads.ts';
import { sick } from './recipients.ts';

/** The scenarios that the engine is judged by: every category, two in three with a recipient that bears the load. */
export const suite: readonly SuiteScenario[] = [...loads, ...troubles, ...sick];
