/**
 * Divides `capacity` by demand: each gets what it asks for, or as much as everybody else who goes short; what nobody asks
 * for is spread evenly, so that a burst need not wait for the next division. The shares add up to `capacity`.
 *
 * Source: max-min fairness, Bertsekas and Gallager, Data Networks, 6.5.2.
 *
 * @param demands each 0 or more; infinite for "as much as there is".
 */
export function fillByDemand(capacity: number, demands: readonly number[]): readonly number[] {
  const shares = new Array<number>(demands.length).fill(0);
  const byDemand = demands.map((demand, index) => ({ demand, index })).sort((a, b) => a.demand - b.demand);
  let left = capacity;
  for (const [place, { demand, index }] of byDemand.entries()) {
    const share = Math.min(demand, left / (byDemand.length - place));
    shares[index] = share;
    left -= share;
  }
  const spare = Math.max(0, left) / Math.max(1, demands.length);
  return shares.map((share) => share + spare);
}
