import { type CheckpointRules, daysMax, type SectorRule } from './admission-rules.ts';
import { Bitmap } from './bitmap.ts';
import { type ByteReader, BytesError, type ByteWriter } from './byte-stream.ts';
import { publicKeyBytes } from './ed25519.ts';
import type { ListedKey } from './key-ring.ts';
import { limits } from './limits.ts';
import { decodeSet, encodeSet } from './number-set.ts';
import type { OfflinePackage, PackageDelta, PackageHead } from './offline-package.ts';
import { Revocations } from './revocations.ts';

// How packages and deltas are written between their signed heads and their signatures. For 100 000
// tickets, half of them used and 5 % revoked at random, at one checkpoint:
//
//     used        a bit for each ticket, 12 500 bytes: half of them is noise, and noise has no
//                 shorter form
//     revoked     3 730 bytes of Rice codes, where 3 580 would be the least there is
//     outside     a bit for each that was used, when it is noise too; next to nothing when few went
//                 out, or nearly all
//     the rest    some hundred bytes: keys of 35 bytes, sectors of 12, lots of 1, days of 8

const noSector = 255;
/** The first revision that takes three bytes. */
const long = 255;
const isDailyFlag = 1;
const mayReenterFlag = 2;
const needsProofFlag = 4;

export function writeHead(writer: ByteWriter, head: PackageHead): void {
  writer.number(head.event, 4);
  writer.number(head.checkpoint, 1);
  writer.number(head.generation, 4);
  writer.number(head.position, 6);
  writer.number(head.madeAt / 1000, 4);
  writer.number(head.validUntil / 1000, 4);
  writer.number(head.day, 1);
  writer.number(head.issued, 4);
  writer.number(head.occupancy, 4);
}

export function readHead(reader: ByteReader): PackageHead {
  return {
    event: reader.number(4),
    checkpoint: reader.number(1),
    generation: reader.number(4),
    position: reader.number(6),
    madeAt: reader.number(4) * 1000,
    validUntil: reader.number(4) * 1000,
    day: reader.numberUpTo(daysMax - 1, 1),
    issued: reader.numberUpTo(limits.serialsMax, 4),
    occupancy: reader.number(4),
  };
}

export function writePackage(writer: ByteWriter, whole: OfflinePackage): void {
  writeKeys(writer, whole.keys);
  writeRules(writer, whole.rules);
  writeRevoked(writer, whole.revocations.gone, whole.revocations.reissued(), whole.issued);
  writer.bytes(encodeSet(whole.used, whole.issued));
  writer.bytes(encodeSet(ranksOf(whole.outside, whole.used), whole.used.size));
}

export function readPackage(reader: ByteReader, head: PackageHead): OfflinePackage {
  const keys = readKeys(reader);
  const rules = readRules(reader, head.checkpoint);
  const { gone, reissued } = readRevoked(reader, head.issued);
  const revocations = new Revocations();
  for (const serial of gone.numbers()) revocations.revoke(serial);
  for (const [serial, revision] of reissued) revocations.reissue(serial, revision);
  const used = readSet(reader, head.issued);
  const outside = numbersAt(readSet(reader, used.size), used);
  return { ...head, keys, rules, revocations, used, outside };
}

export function writeDelta(writer: ByteWriter, delta: PackageDelta): void {
  const { issued } = delta.head;
  writer.number(delta.from, 6);
  writeRevoked(writer, delta.gone, delta.reissued, issued);
  writer.bytes(encodeSet(delta.inside, issued));
  writer.bytes(encodeSet(delta.outside, issued));
}

export function readDelta(reader: ByteReader, head: PackageHead): PackageDelta {
  const from = reader.number(6);
  const revoked = readRevoked(reader, head.issued);
  const inside = readSet(reader, head.issued);
  const outside = readSet(reader, head.issued);
  return { from, head, ...revoked, inside, outside };
}

function writeKeys(writer: ByteWriter, keys: readonly ListedKey[]): void {
  writer.number(keys.length, 2);
  for (const { keyId, publicKey, isRevoked } of keys) {
    writer.number(keyId, 2);
    writer.number(isRevoked ? 1 : 0, 1);
    writer.bytes(publicKey);
  }
}

function readKeys(reader: ByteReader): ListedKey[] {
  return times(reader.number(2), () => ({
    keyId: reader.number(2),
    isRevoked: reader.numberUpTo(1, 1) === 1,
    publicKey: Uint8Array.from(reader.bytes(publicKeyBytes)),
  }));
}

function writeRules(writer: ByteWriter, rules: CheckpointRules): void {
  writer.number(
    (rules.isDaily ? isDailyFlag : 0) |
      (rules.mayReenter ? mayReenterFlag : 0) |
      (rules.needsProof ? needsProofFlag : 0),
    1,
  );
  writer.number(rules.days.length, 1);
  for (const { from, until } of rules.days) {
    writer.number(from / 1000, 4);
    writer.number(until / 1000, 4);
  }
  writer.number(rules.sectors.length, 1);
  for (const sector of rules.sectors) {
    for (const bits of [sector.gates, sector.strictGates, sector.days])
      writer.number(bits >>> 0, 4);
  }
  writer.number(rules.lotSectors.length, 2);
  for (const sector of rules.lotSectors) writer.number(sector, 1);
}

function readRules(reader: ByteReader, checkpoint: number): CheckpointRules {
  const flags = reader.numberUpTo(isDailyFlag | mayReenterFlag | needsProofFlag, 1);
  const days = times(reader.numberUpTo(daysMax, 1), () => ({
    from: reader.number(4) * 1000,
    until: reader.number(4) * 1000,
  }));
  const sectors = times(reader.numberUpTo(noSector, 1), (): SectorRule => {
    const [gates, strictGates, forDays] = [reader.number(4), reader.number(4), reader.number(4)];
    return { gates, strictGates, days: forDays };
  });
  const lots = reader.numberUpTo(limits.lotsMax, 2);
  const lotSectors = times(lots, () => reader.number(1));
  return {
    checkpoint,
    isDaily: (flags & isDailyFlag) !== 0,
    mayReenter: (flags & mayReenterFlag) !== 0,
    needsProof: (flags & needsProofFlag) !== 0,
    days,
    sectors,
    lotSectors,
  };
}

type Reissued = PackageDelta['reissued'];

function writeRevoked(writer: ByteWriter, gone: Bitmap, reissued: Reissued, issued: number): void {
  writer.bytes(encodeSet(gone, issued));
  writer.bytes(encodeSet(Bitmap.of(reissued.map(([serial]) => serial)), issued));
  for (const [, revision] of reissued) writeRevision(writer, revision);
}

function readRevoked(reader: ByteReader, issued: number) {
  const gone = readSet(reader, issued);
  const serials = [...readSet(reader, issued).numbers()];
  const reissued = serials.map((serial) => [serial, readRevision(reader)] as const);
  return { gone, reissued };
}

/** Hardly any ticket is issued again often: one byte, or three. */
function writeRevision(writer: ByteWriter, revision: number): void {
  writer.number(Math.min(revision, long), 1);
  if (revision >= long) writer.number(revision, 2);
}

function readRevision(reader: ByteReader): number {
  const short = reader.number(1);
  if (short < long) return short;
  const revision = reader.number(2);
  if (revision < long) throw new BytesError('a revision is written in a longer way');
  return revision;
}

function readSet(reader: ByteReader, universe: number): Bitmap {
  const [set, length] = decodeSet(reader.rest, universe);
  reader.bytes(length);
  return set;
}

/** The places that some numbers have in a larger set of them. */
function ranksOf(some: Bitmap, all: Bitmap): Bitmap {
  const ranks = new Bitmap(all.size);
  let rank = 0;
  for (const number of all.numbers()) {
    if (some.has(number)) ranks.add(rank);
    rank += 1;
  }
  return ranks;
}

function numbersAt(ranks: Bitmap, all: Bitmap): Bitmap {
  const some = new Bitmap();
  let rank = 0;
  for (const number of all.numbers()) {
    if (ranks.has(rank)) some.add(number);
    rank += 1;
  }
  return some;
}

function times<T>(count: number, read: () => T): T[] {
  return Array.from({ length: count }, read);
}

/** @throws {BytesError} rules that no writer of ours writes */
export function checkRules({ days, sectors, lotSectors }: CheckpointRules): void {
  const areInOrder = days.every(
    ({ from, until }, at) => from < until && from >= (days[at - 1]?.until ?? 0),
  );
  const areKnown = lotSectors.every((sector) => sector === noSector || sector < sectors.length);
  if (!areInOrder || !areKnown) throw new BytesError('the rules do not fit together');
}
