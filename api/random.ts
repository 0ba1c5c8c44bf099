/** A source of numbers in [0, 1), as `Math.random`. Handed in, so that a test can choose the dice. */
export type Random = () => number;
