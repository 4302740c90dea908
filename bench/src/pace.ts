import { closeSync, fsyncSync, mkdtempSync, openSync, rmSync, writeSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { Worker } from 'node:worker_threads';

/**
 * How fast a machine is at what a node is made of, apart from any code of ours. Virtual machines of
 * one name and number of cores differ by three times in the second and the third, and so do the
 * figures of a bench; these say how much of a difference is the machine's.
 */
export interface Pace {
  /** A step of whole-number arithmetic that waits for the one before it. */
  readonly stepNs: number;
  /** A read of memory that no cache holds. */
  readonly readNs: number;
  /** A word to a sleeping thread and one back: every commit and every packet is some of those. */
  readonly wakeUs: number;
  /** A page to the disk under the directory for temporary files. */
  readonly syncMs: number;
}

/** Takes about a second. */
export async function measurePace(): Promise<Pace> {
  return {
    stepNs: stepNs(),
    readNs: readNs(),
    wakeUs: await wakeUs(),
    syncMs: syncMs(),
  };
}

const steps = 100_000_000;
const memoryWords = 16 * 1024 * 1024;
const reads = 1_000_000;
const wakes = 3_000;
const syncs = 50;

function stepNs(): number {
  let value = 1;
  const begunAt = performance.now();
  for (let step = 0; step < steps; step += 1) value = (Math.imul(value, 0x9e3779b1) + step) | 0;
  const ms = performance.now() - begunAt;
  // The result is used, so that the loop is not left out.
  return value === 0.5 ? 0 : (ms * 1e6) / steps;
}

/** From place to place in 64 MB, in no order that could be foreseen: each read names the next. */
function readNs(): number {
  const memory = new Uint32Array(memoryWords).fill(1);
  let at = 0;
  const begunAt = performance.now();
  for (let read = 0; read < reads; read += 1) {
    at = (Math.imul(at, 0x9e3779b1) + memory[at]!) & (memoryWords - 1);
    at ^= at >>> 11;
  }
  const ms = performance.now() - begunAt;
  return at < 0 ? 0 : (ms * 1e6) / reads;
}

/** Sleeps and wakes whoever has woken it, for as long as there are words. */
const echo = `
  const { workerData: words } = require('node:worker_threads');
  for (let word = 1; word <= ${wakes}; word += 1) {
    Atomics.wait(words, 0, word - 1);
    Atomics.store(words, 1, word);
    Atomics.notify(words, 1);
  }
`;

async function wakeUs(): Promise<number> {
  const words = new Int32Array(new SharedArrayBuffer(8));
  const worker = new Worker(echo, { eval: true, workerData: words });
  await new Promise((resolve) => worker.once('online', resolve));
  const begunAt = performance.now();
  for (let word = 1; word <= wakes; word += 1) {
    Atomics.store(words, 0, word);
    Atomics.notify(words, 0);
    Atomics.wait(words, 1, word - 1);
  }
  const ms = performance.now() - begunAt;
  await worker.terminate();
  return (ms * 1000) / wakes;
}

function syncMs(): number {
  const directory = mkdtempSync(path.join(tmpdir(), 'ingressou-pace-'));
  const file = openSync(path.join(directory, 'page'), 'w');
  try {
    const page = new Uint8Array(8192);
    const begunAt = performance.now();
    for (let sync = 0; sync < syncs; sync += 1) {
      writeSync(file, page);
      fsyncSync(file);
    }
    return (performance.now() - begunAt) / syncs;
  } finally {
    closeSync(file);
    rmSync(directory, { recursive: true });
  }
}
