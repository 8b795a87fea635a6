// What many workers would do to Redis and to the asker: a discrete-event simulation of two servers in a row (Redis, then the asker), each with a
// line, and W workers that take a task, compute it and give it back. Costs are those of bench/cluster-costs.ts; run: tsx bench/cluster-simulation.ts
const costs = {
  /** Seconds of Redis a task: add, take, finish, fetch, forget. */
  redis: 0.00025,
  /** Seconds of the asker a task: read, check, merge, journal. */
  asker: 0.012,
  /** A worker's time between having finished and asking again; round trips. */
  roundTrip: 0.001,
};

interface Outcome {
  readonly workers: number;
  readonly taskSeconds: number;
  /** Share of the workers' time that is computing. */
  readonly efficiency: number;
  readonly redisBusy: number;
  readonly askerBusy: number;
}

/** A line of events by time: a binary heap. */
function timeline<E>(): { add(time: number, event: E): void; next(): { time: number; event: E } | undefined } {
  const heap: { time: number; event: E }[] = [];
  const swap = (i: number, j: number) => ([heap[i], heap[j]] = [heap[j]!, heap[i]!]);
  return {
    add(time, event) {
      let i = heap.push({ time, event }) - 1;
      for (let parent = (i - 1) >> 1; i > 0 && heap[parent]!.time > heap[i]!.time; parent = (i - 1) >> 1) {
        swap(i, parent);
        i = parent;
      }
    },
    next() {
      const first = heap[0];
      const last = heap.pop();
      if (!first || !last || heap.length === 0) return first;
      heap[0] = last;
      for (let i = 0; ; ) {
        let least = i;
        for (const child of [2 * i + 1, 2 * i + 2]) if (child < heap.length && heap[child]!.time < heap[least]!.time) least = child;
        if (least === i) return first;
        swap(i, least);
        i = least;
      }
    },
  };
}

/**
 * Simulates `rounds` tasks for each worker. At most two tasks a worker are out at once, counting those that the asker has not yet dealt with, as in
 * src/cluster/pieces.ts.
 */
function simulate(workers: number, taskSeconds: number, rounds = 20): Outcome {
  let state = 1;
  const random = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return (state + 0.5) / 2 ** 32;
  };
  const events = timeline<"computed" | "dealt">();
  let redisFree = 0;
  let askerFree = 0;
  let waitingTasks = 2 * workers;
  let idleWorkers = 0;
  let given = 0;
  let computing = 0;
  let end = 0;
  const total = rounds * workers;
  const take = (time: number): void => {
    if (waitingTasks === 0) {
      idleWorkers++;
      return;
    }
    waitingTasks--;
    given++;
    redisFree = Math.max(redisFree, time) + costs.redis;
    // tasks last three quarters to five quarters of what is wanted: sizes are powers of two and machines differ
    const lasts = taskSeconds * (0.75 + 0.5 * random());
    computing += lasts;
    events.add(redisFree + costs.roundTrip + lasts, "computed");
  };
  for (let w = 0; w < workers; w++) take(0);
  for (let next = events.next(); next; next = events.next()) {
    const { time, event } = next;
    if (event === "computed") {
      askerFree = Math.max(askerFree, time) + costs.asker;
      events.add(askerFree, "dealt");
      end = time;
      if (given < total) take(time);
    } else if (given + waitingTasks < total) {
      waitingTasks++;
      if (idleWorkers > 0) {
        idleWorkers--;
        take(time);
      }
    }
  }
  const tasks = given;
  return {
    workers,
    taskSeconds,
    efficiency: computing / (workers * end),
    redisBusy: (tasks * costs.redis) / end,
    askerBusy: (tasks * costs.asker) / Math.max(end, askerFree),
  };
}

console.log("| workers | task | computing | Redis busy | asker busy |\n|---|---|---|---|---|");
const percent = (share: number): string => `${(100 * share).toFixed(0)} %`;
for (const taskSeconds of [5, 30, 120])
  for (const workers of [10, 100, 1000, 3000, 10_000]) {
    const { efficiency, redisBusy, askerBusy } = simulate(workers, taskSeconds);
    console.log(`| ${workers} | ${taskSeconds} s | ${percent(efficiency)} | ${percent(redisBusy)} | ${percent(askerBusy)} |`);
  }
