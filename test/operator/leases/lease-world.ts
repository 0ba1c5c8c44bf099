import {
  allocate,
  answered,
  type LeaseBook,
  type LeaseTerms,
  type Seat,
  unknownBook,
} from '../../../operator/leases/allocate.ts';
import { deliveryMs, type Grant, leaseMs } from '../../../operator/leases/holder.ts';

/** How an exchange with a worker ends: where it is lost, or how long it takes each way, in milliseconds. */
export type Fate =
  | { readonly kind: 'LostThere' }
  | { readonly kind: 'LostBack'; readonly thereMs: number }
  | { readonly kind: 'Answered'; readonly thereMs: number; readonly backMs: number };

/** What happens besides, before a round. */
export type Incident =
  | { readonly kind: 'None' }
  | { readonly kind: 'Start'; readonly afterMs: number }
  | { readonly kind: 'Crash'; readonly worker: number }
  | { readonly kind: 'Remove'; readonly worker: number }
  | { readonly kind: 'LeaderDies'; readonly awayMs: number };

export type WorldRound = {
  readonly afterMs: number;
  readonly incident: Incident;
  readonly fates: readonly Fate[];
  readonly demands: readonly number[];
  /** Whether orders without a share follow as soon as the round has ended, and what becomes of them. */
  readonly told: readonly Fate[] | undefined;
};

/** A worker's side of the contract: what it may use, and when. */
class ModelWorker {
  readonly id: string;
  readonly #fallback: number;
  startedMs: number;
  #lease: (Grant & { readonly endMs: number }) | undefined;

  constructor(id: string, startedMs: number, fallback: number) {
    this.id = id;
    this.startedMs = startedMs;
    this.#fallback = fallback;
  }

  obey(grant: Grant, nowMs: number): void {
    // Overtaken by a later one.
    if (this.#lease !== undefined && nowMs < this.#lease.endMs && grant.sentMs < this.#lease.sentMs) return;
    this.#lease = { ...grant, endMs: nowMs + leaseMs - deliveryMs };
  }

  restart(nowMs: number): void {
    this.#lease = undefined;
    this.startedMs = nowMs;
  }

  usable(nowMs: number): number {
    if (nowMs < this.startedMs) return 0;
    if (this.#lease === undefined) return nowMs < this.startedMs + leaseMs ? 0 : this.#fallback;
    const { share, fallback, endMs } = this.#lease;
    if (nowMs < endMs) return share;
    return nowMs < endMs + leaseMs ? Math.min(share, fallback) : fallback;
  }

  report(nowMs: number) {
    return { share: this.usable(nowMs), remainingMs: Math.max(0, (this.#lease?.endMs ?? 0) - nowMs) };
  }
}

/** An operator, its workers and the network between them, in a time of its own. */
export class LeaseWorld {
  readonly limit = 100;
  readonly #mostWorkers: number;
  readonly #terms: LeaseTerms;
  readonly #workers: ModelWorker[] = [];
  #due: { readonly atMs: number; readonly happen: () => void }[] = [];
  #book: LeaseBook = unknownBook;
  /** Changes with every leader: what was begun by another is not written into the book of this one. */
  #leader = 0;
  #awayUntilMs = 0;
  #busyUntilMs = 0;
  #nowMs = 1_000_000;
  #started = 0;
  /** The most that all workers together might have used at any moment so far. */
  peak = 0;

  constructor(mostWorkers: number, workers: number) {
    this.#mostWorkers = mostWorkers;
    this.#terms = { limit: this.limit, fallback: this.limit / mostWorkers };
    for (let index = 0; index < workers; index++) this.#start(0);
  }

  get usable(): number {
    return this.#workers.reduce((sum, worker) => sum + worker.usable(this.#nowMs), 0);
  }

  get shares(): readonly number[] {
    return this.#workers.map((worker) => worker.usable(this.#nowMs));
  }

  run({ afterMs, incident, fates, demands, told }: WorldRound): void {
    // An operator never has two exchanges with a worker under way; what it has given up may still be on its way.
    this.#advance(Math.max(afterMs, this.#busyUntilMs - this.#nowMs));
    this.#happen(incident);
    if (this.#nowMs < this.#awayUntilMs) return;
    const seats = this.#workers.map(({ id, startedMs }, index): Seat => {
      return { id, askable: startedMs <= this.#nowMs, demand: demands[index % demands.length] ?? 0 };
    });
    const { book, grants } = allocate(this.#book, seats, this.#nowMs, this.#terms);
    this.#book = book;
    this.#exchangeAll(seats, grants, fates);
    if (told === undefined) return;
    const leader = this.#leader;
    this.#after(this.#busyUntilMs - this.#nowMs, () => {
      if (leader === this.#leader) this.#exchangeAll(seats, new Map(), told);
    });
    this.#busyUntilMs += deliveryMs;
  }

  #exchangeAll(seats: readonly Seat[], grants: ReadonlyMap<string, Grant>, fates: readonly Fate[]): void {
    for (const [index, { id, askable }] of seats.entries()) {
      const fate = fates[index % fates.length];
      if (!askable || fate === undefined) continue;
      this.#exchange(id, grants.get(id), fate);
      const tookMs = fate.kind === 'Answered' ? fate.thereMs + fate.backMs : 0;
      this.#busyUntilMs = Math.max(this.#busyUntilMs, this.#nowMs + tookMs);
    }
  }

  #exchange(id: string, grant: Grant | undefined, fate: Fate): void {
    if (fate.kind === 'LostThere') return;
    const leader = this.#leader;
    const sentMs = this.#nowMs;
    this.#after(fate.thereMs, () => {
      const worker = this.#workers.find((one) => one.id === id);
      if (worker === undefined) return;
      if (grant !== undefined) worker.obey(grant, this.#nowMs);
      if (fate.kind === 'LostBack') return;
      const report = worker.report(this.#nowMs);
      this.#after(fate.backMs, () => {
        if (leader !== this.#leader) return;
        const exchange = { sentMs, answeredMs: this.#nowMs, fallback: grant?.fallback };
        this.#book = answered(this.#book, id, report, exchange);
      });
    });
  }

  #happen(incident: Incident): void {
    switch (incident.kind) {
      case 'Start':
        this.#start(incident.afterMs);
        break;
      case 'Crash':
        this.#workers[incident.worker % this.#workers.length]?.restart(this.#nowMs);
        break;
      case 'Remove':
        if (this.#workers.length > 1) this.#workers.splice(incident.worker % this.#workers.length, 1);
        break;
      case 'LeaderDies':
        this.#leader++;
        this.#book = unknownBook;
        // Whoever leads next waits until the lease of the one before has run out, and nothing of that one is on its way.
        this.#awayUntilMs = this.#nowMs + deliveryMs + incident.awayMs;
        break;
      case 'None':
    }
  }

  #start(afterMs: number): void {
    if (this.#workers.length >= this.#mostWorkers) return;
    this.#workers.push(new ModelWorker(`w${this.#started++}`, this.#nowMs + afterMs, this.#terms.fallback));
  }

  #after(delayMs: number, happen: () => void): void {
    this.#due.push({ atMs: this.#nowMs + delayMs, happen });
  }

  /** Moves on in small steps: what may be used changes at the ends of leases too, and these are nobody's events. */
  #advance(ms: number): void {
    for (const end = this.#nowMs + ms; this.#nowMs < end; ) {
      this.#nowMs = Math.min(end, this.#nowMs + 250);
      for (let next = this.#next(); next !== undefined; next = this.#next()) next.happen();
      this.peak = Math.max(this.peak, this.usable);
    }
  }

  #next() {
    const due = this.#due.filter(({ atMs }) => atMs <= this.#nowMs).sort((a, b) => a.atMs - b.atMs)[0];
    this.#due = this.#due.filter((entry) => entry !== due);
    return due;
  }
}
